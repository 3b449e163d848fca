"""What people and programs touch: the page, our own routes, the API. No torch."""

import os

# Gradio reads these when it is imported: nothing is reported to anyone, and no Node server is started.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_SSR_MODE"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
