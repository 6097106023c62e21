"""The report of an inspection: facts, answers, review, and the documents it is filed as."""
