"""What can be wrong with the files of a run."""


class DwellFileError(Exception):
    """A file that can't be read: says what, where and what to do."""


class DwellMissing(DwellFileError):
    """Something that this run doesn't have, with the parameter or command that would have given it."""
