"""The board: figures of the territory, a commune or a counsellor, by half-year or year."""

from flask import Response

from app.domain.access import Action
from app.extensions import db
from app.services.figures import read_board
from app.services.sharing_keys import payer_names
from app.web.access import requires
from app.web.clock import utc_now
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.statistics import publics, share_tables, tables
from app.web.statistics.asked import asked
from app.web.statistics.blueprint import blueprint


@blueprint.get("/agents/statistiques")
@requires(Action.SEE_STATISTICS)
def board() -> Response:
    """What the address asks; a board of one's own where it asks nothing."""
    catalogue = current_catalogue()
    wanted = asked(catalogue)
    names = payer_names(db.session())
    found = read_board(db.session(), catalogue, wanted.scope, today=catalogue.today(utc_now()))
    extras = wanted.extras if found.has_all_lines else tables.Extras()
    months, month_drawing = tables.month_chart(found)
    return staff_page(
        "statistics/board.html",
        asked=wanted,
        board=found,
        before_title=tables.before_title,
        is_cut=tables.is_cut(found.now.until.year_before.figures, found),
        key_figures=tables.key_figures(found),
        appointments=tables.appointment_figures(found),
        extras=extras,
        hours=tables.hour_figures(found, extras),
        lost=tables.lost_words(found.now.hours),
        months=months,
        month_drawing=month_drawing,
        communes=tables.commune_lines(found, names),
        hours_by_commune=tables.hours_lines(found, names),
        residences=publics.residence_table(found, names),
        publics=publics.public_tables(found),
        **share_tables.shares_shown(found, names, wanted.scope.commune),
    )
