"""JSON-LD of a company's site, in each of the forms that real sites use, the broken one included."""

import json
from typing import Any

from enrichment.sandbox.profiles import profile_url, slug_of
from enrichment.sandbox.world import Company


def organization_block(company: Company, url: str) -> str:
    """The script element that describes the company; empty where its site has none."""
    content = organization(company, url)
    match company.site.json_ld:
        case "none":
            return ""
        case "broken":
            return f'<script type="application/ld+json"><!-- {json.dumps(content)[:-40]} </script>'
        case "array":
            return block([{"@context": "https://schema.org", "@type": "WebSite", "url": url}, content])
        case "graph":
            graph = [{"@type": "WebSite", "url": url}, content | {"@type": ["Organization", "Corporation"]}]
            return block({"@context": "https://schema.org", "@graph": graph})
        case "object":
            return block(content)


def block(content: Any) -> str:
    # `<` is escaped, or a name with `</script>` in it would end the element.
    text = json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>\n'


def organization(company: Company, url: str) -> dict[str, Any]:
    """The company as schema.org describes organizations. What the site does not tell is left out."""
    place = (company.site.headquarters or company.headquarters).partition(",")[0]
    leaders = [person for person in company.staff("website") if "founder" in person.title.casefold()]
    content: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": f"{url}#organization",
        "name": company.name,
        "url": url,
        "logo": {"@type": "ImageObject", "url": f"{url}logo.svg"},
        "description": company.overview,
        "foundingDate": str(company.founded),
        "numberOfEmployees": {"@type": "QuantitativeValue", "value": company.site.employees or company.employees},
        "address": {
            "@type": "PostalAddress",
            "addressLocality": place,
            "addressRegion": company.region,
            "addressCountry": company.country_code,
        },
        "sameAs": [f"https://www.linkedin.com/company/{slug_of(company.name)}"],
    }
    optional = {
        "legalName": company.legal_name,
        "alternateName": list(company.aliases),
        "telephone": company.phone,
        "tickerSymbol": company.ticker.partition(":")[2],
        "founder": [{"@type": "Person", "name": p.name, "sameAs": profile_url(p)} for p in leaders],
    }
    return content | {name: value for name, value in optional.items() if value}


def products_block(company: Company) -> str:
    """The script element that lists the products."""
    items = [
        {
            "@type": "ListItem",
            "position": number,
            "item": {"@type": "Product", "name": p.name, "description": p.description},
        }
        for number, p in enumerate((p for p in company.products if "website" in p.seen), start=1)
    ]
    return block({"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items})
