"""How a technology shows on a public web page: a script, a header, a cookie or a piece of markup."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What one technology leaves behind."""

    head: str = ""  # markup of the head
    body: str = ""  # markup of the body
    headers: tuple[tuple[str, str], ...] = ()


def script(source: str) -> Hint:
    return Hint(head=f'<script async src="{source}"></script>')


def header(name: str, value: str) -> Hint:
    return Hint(headers=((name, value),))


def generator(name: str) -> Hint:
    return Hint(head=f'<meta name="generator" content="{name}">')


HINTS: dict[str, Hint] = {
    "React": Hint(body='<div id="root" data-reactroot=""></div>'),
    "Next.js": Hint(
        head='<script defer src="/_next/static/chunks/main-5a1f0c.js"></script>',
        body='<script id="__NEXT_DATA__" type="application/json">{"page":"/"}</script>',
        headers=(("x-powered-by", "Next.js"),),
    ),
    "Vue.js": Hint(
        head='<script src="https://unpkg.com/vue@3.5.13/dist/vue.global.prod.js"></script>',
        body='<div data-v-app=""></div>',
    ),
    "Nuxt": Hint(body='<div id="__nuxt"></div>', head='<script defer src="/_nuxt/entry.3f7c.js"></script>'),
    "Angular": Hint(body='<app-root ng-version="18.2.1"></app-root>'),
    "jQuery": script("https://code.jquery.com/jquery-3.7.1.min.js"),
    "Bootstrap": Hint(
        head='<link rel="stylesheet" href="https://cdn.jsdelivr.net/npm/bootstrap@5.3.3/dist/css/bootstrap.min.css">'
    ),
    "Gatsby": generator("Gatsby 5.13.7"),
    "WordPress": Hint(
        head='<meta name="generator" content="WordPress 6.6.2">'
        '<link rel="stylesheet" href="/wp-content/themes/plain/style.css">'
    ),
    "Drupal": Hint(
        head='<meta name="Generator" content="Drupal 10 (https://www.drupal.org)">',
        headers=(("x-generator", "Drupal 10"),),
    ),
    "Webflow": generator("Webflow"),
    "Wix": generator("Wix.com Website Builder"),
    "TYPO3": generator("TYPO3 CMS"),
    "Shopify": Hint(
        head='<script src="https://cdn.shopify.com/s/files/1/0001/t/1/assets/theme.js"></script>',
        headers=(("x-shopid", "1001"),),
    ),
    "Magento": Hint(
        head='<script src="/static/version1/frontend/Magento/luma/en_US/mage/requirejs/mixins.js"></script>'
    ),
    "Segment": script("https://cdn.segment.com/analytics.js/v1/sandboxwritekey/analytics.min.js"),
    "Amplitude": script("https://cdn.amplitude.com/libs/amplitude-8.21.4-min.gz.js"),
    "Mixpanel": script("https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js"),
    "Google Analytics": script("https://www.googletagmanager.com/gtag/js?id=G-SANDBOX01"),
    "Google Tag Manager": script("https://www.googletagmanager.com/gtm.js?id=GTM-SANDBOX"),
    "Matomo": script("https://cdn.matomo.cloud/sandbox.matomo.cloud/matomo.js"),
    "Plausible": script("https://plausible.io/js/script.js"),
    "Hotjar": script("https://static.hotjar.com/c/hotjar-100001.js?sv=6"),
    "HubSpot": script("https://js.hs-scripts.com/100001.js"),
    "Marketo": script("https://munchkin.marketo.net/munchkin.js"),
    "Intercom": script("https://widget.intercom.io/widget/sandbox1"),
    "Zendesk": script("https://static.zdassets.com/ekr/snippet.js?key=sandbox"),
    "Drift": script("https://js.driftt.com/include/1700000000/sandbox.js"),
    "Stripe": script("https://js.stripe.com/v3/"),
    "Sentry": script("https://browser.sentry-cdn.com/8.30.0/bundle.min.js"),
    "Datadog": script("https://www.datadoghq-browser-agent.com/us1/v5/datadog-rum.js"),
    "New Relic": script("https://js-agent.newrelic.com/nr-1216.min.js"),
    "Optimizely": script("https://cdn.optimizely.com/js/100001.js"),
    "reCAPTCHA": script("https://www.google.com/recaptcha/api.js"),
    "OneTrust": script("https://cdn.cookielaw.org/scripttemplates/otSDKStub.js"),
    "Cookiebot": script("https://consent.cookiebot.com/uc.js"),
    "Auth0": script("https://cdn.auth0.com/js/auth0-spa-js/2.1/auth0-spa-js.production.js"),
    "Okta": Hint(head='<link rel="preconnect" href="https://login.okta.com">'),
    "nginx": header("server", "nginx"),
    "Apache": header("server", "Apache/2.4.62 (Debian)"),
    "Microsoft IIS": header("server", "Microsoft-IIS/10.0"),
    "ASP.NET": header("x-powered-by", "ASP.NET"),
    "PHP": header("x-powered-by", "PHP/8.3.11"),
    "Express": header("x-powered-by", "Express"),
    "Cloudflare": Hint(headers=(("server", "cloudflare"), ("cf-ray", "8c0ffee0cafe0001-FRA"))),
    "Fastly": header("x-served-by", "cache-fra-eddf8230001-FRA"),
    "Amazon CloudFront": Hint(
        headers=(("via", "1.1 0a1b2c3d.cloudfront.net (CloudFront)"), ("x-amz-cf-id", "sandboxsandboxsandbox"))
    ),
    "Vercel": Hint(headers=(("server", "Vercel"), ("x-vercel-id", "fra1::sandbox"))),
    "Netlify": Hint(headers=(("server", "Netlify"), ("x-nf-request-id", "01SANDBOX"))),
    "Varnish": header("via", "1.1 varnish (Varnish/7.5)"),
    "Java": Hint(headers=(("set-cookie", "JSESSIONID=sandbox; Path=/; HttpOnly; Secure"),)),
    "Laravel": Hint(headers=(("set-cookie", "laravel_session=sandbox; Path=/; HttpOnly; Secure"),)),
    "Salesforce Pardot": script("https://pi.pardot.com/pd.js"),
    "Greenhouse": script("https://boards.greenhouse.io/embed/job_board/js?for=sandbox"),
    "Adobe Experience Manager": Hint(head='<script src="/etc.clientlibs/site/clientlibs/base.min.js"></script>'),
    "Contentful": Hint(head='<link rel="preconnect" href="https://images.ctfassets.net">'),
    "Typeform": script("https://embed.typeform.com/next/embed.js"),
    "Calendly": script("https://assets.calendly.com/assets/external/widget.js"),
}
