"""Work items: opened by a published day or by a desk, done by an officer, gone with their cause."""
