"""One search box for everything a person may see, and for what they may begin."""
