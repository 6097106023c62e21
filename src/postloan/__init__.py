"""Postloan (贷后管理系统): what a bank's post-loan department works in."""
