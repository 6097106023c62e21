"""Its being here puts this folder on the path, so that tests of models share one book."""
