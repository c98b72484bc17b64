"""What every command shares: flags, errors and their exit status, progress, safe files."""
