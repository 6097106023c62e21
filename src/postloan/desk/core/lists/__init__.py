"""The one pattern of every list: tabs with counts, filters in the address, a dense table, totals, pages, a workbook."""
