"""The words of reports, Chinese and English side by side: a screen, a workbook and a page say the same."""
