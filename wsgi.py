from app import create_app
from app.web.site import warm_up

app = create_app()
warm_up(app)
