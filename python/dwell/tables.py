"""Named arrays: a group of datasets with its attributes, or the columns of a text file."""


class Table(dict):
    """Arrays by name, as `table["tau"]` or `table.tau`.

    `units` and `descriptions` have the texts of the file by name, "" where it has none; `attributes` what else the file
    says about the group; `path` is where it comes from.
    """

    def __init__(self, values, path, units=None, descriptions=None, attributes=None):
        super().__init__(values)
        self.path = str(path)
        self.units = {name: (units or {}).get(name, "") for name in values}
        self.descriptions = {name: (descriptions or {}).get(name, "") for name in values}
        self.attributes = dict(attributes or {})

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"{self.path} has no {name!r}; it has {', '.join(self) or 'nothing'}") from None

    def __dir__(self):
        return [*super().__dir__(), *self]

    def __repr__(self):
        return f"<{self.path}: {', '.join(self)}>"
