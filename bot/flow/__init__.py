"""The language of flow files: values, conditions, strict loader. Pure."""
