"""How the documentation is built: ``make docs``."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).with_name("_ext")))
# The reference says ArrayLike, not the union of ten types that it is.
npt.ArrayLike = type("ArrayLike", (), {"__module__": "numpy.typing"})

import classlens  # noqa: E402

project = "Classlens"
author = "The Classlens authors"
release = version = classlens.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "pages",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "gallery/*.ipynb", "gallery/*.py", "sg_execution_times.rst"]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

# The reference is made of the docstrings. Fields of a class stand under "Attributes" there.
autosummary_generate = True
autosummary_imported_members = True
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
# What scikit-learn adds to an estimator is described there.
autodoc_default_options = {
    "members": True,
    "exclude-members": "set_fit_request, set_partial_fit_request, set_score_request",
}
napoleon_numpy_docstring = False
napoleon_use_ivar = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88

# Every script in examples/ is run, and its pictures are taken.
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"\.py$",
    "run_stale_examples": True,
    "ignore_repr_types": r"classlens\..*",
    "within_subsection_order": "pages.LabFirst",
    "write_computation_times": False,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 1e9,
    "download_all_examples": False,
    "abort_on_example_error": True,
}

# Nothing is fetched from elsewhere: no fonts, no scripts, no badges.
html_theme = "pydata_sphinx_theme"
html_title = "Classlens"
html_static_path = ["_static"]
html_css_files = ["classlens.css"]
html_sidebars = {"models-in-and-out": [], "limits": []}
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "logo": {"text": "Classlens"},
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 7,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
}
