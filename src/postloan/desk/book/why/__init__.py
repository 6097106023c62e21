"""Why a loan has its tier, told in sections: for a terminal, a page or a paper."""
