"""The matplotlib pictures, a file each: values in, an axes drawn on."""
