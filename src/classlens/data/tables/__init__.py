"""Users' tables: files, frames and folders of images, read into columns whose kinds are said."""
