"""The door: devices, scans and their verdicts."""
