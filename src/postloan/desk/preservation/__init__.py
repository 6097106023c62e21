"""The desk of asset preservation: hand-over, ways out, counsel, packages, repossessed assets, accountability."""
