"""Where samples come from: toy problems in the plane, tables, and the Dataset that holds them."""
