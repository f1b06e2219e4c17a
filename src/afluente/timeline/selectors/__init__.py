"""Every read of the log: `feed` follows it for live updates, `history` shows it to people."""
