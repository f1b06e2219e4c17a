"""Every read of the door worth a name."""
