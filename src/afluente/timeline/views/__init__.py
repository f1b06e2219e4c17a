"""What people do with comments and with what they are told."""
