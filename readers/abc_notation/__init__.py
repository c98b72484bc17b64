"""ABC notation (https://abcnotation.com/wiki/abc:standard:v2.1)."""
