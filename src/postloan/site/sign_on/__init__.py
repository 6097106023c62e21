"""Signing on by what the bank has: an identity provider (OpenID Connect) or a directory (LDAP), where it named one."""
