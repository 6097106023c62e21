"""A published day taken over: cases opened, told anew, closed, promises judged, and cases given to collectors."""
