"""The rulebook: law and bank policy as dated, cited figures; code never holds a threshold."""
