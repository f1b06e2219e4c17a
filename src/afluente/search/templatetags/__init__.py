"""How the search box draws what it found."""
