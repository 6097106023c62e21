"""Kernels: loops over arrays where a row needs the row before; arrays in, arrays out."""
