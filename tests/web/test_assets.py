"""Style sheets reach the browser as one file, at an address that changes with them."""

import gzip
import re

from flask import Flask

from eventmatch.web.assets import STATIC, bundled, init_assets, static_url_path


def test_the_bundle_holds_every_style_sheet_of_ours_in_its_layer():
    bundle = bundled(STATIC / "css" / "app.css")
    components = list((STATIC / "css" / "components").glob("*.css"))

    assert bundle.startswith("@layer tokens, base, layout, components, print;")
    assert "@import" not in bundle
    assert "/*" not in bundle
    assert bundle.count("@layer components {") == len(components)


def test_fonts_are_found_from_where_the_bundle_is():
    bundle = bundled(STATIC / "css" / "app.css")

    addresses = re.findall(r'url\("([^"]+)"\)', bundle)

    assert addresses
    assert all((STATIC / "css" / address).is_file() for address in addresses)


def test_styles_may_be_kept_for_a_year_at_an_address_with_a_hash():
    app = Flask("eventmatch", static_folder=str(STATIC), static_url_path=static_url_path())
    init_assets(app)

    response = app.test_client().get(f"{static_url_path()}/css/bundle.css")

    assert re.fullmatch(r"/static/[0-9a-f]{12}", static_url_path())
    assert response.mimetype == "text/css"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "--accent-source" in response.text


def test_the_style_of_all_pages_stays_under_fourteen_kilobytes_compressed():
    assert len(gzip.compress(bundled(STATIC / "css" / "app.css").encode())) < 14_000
