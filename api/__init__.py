"""The public interface: the only room that users import from, through the names of `melodeon`."""
