"""An attack on all commands: signals, kills, full disks, hostile files, names and flags."""
