"""Closed classes of words that questions are made of. What intents are asked by is in their rows, not here."""

COMPANIES = frozenset({"acme", "globex", "initech"})  # in phrases they stand for any company
VENDORS = frozenset({"okta"})  # and this for the one that the rep sells for

SPELT_OUT = {
    "whats": "what is", "wheres": "where is", "whos": "who is", "hows": "how is", "whens": "when is", "whys": "why is",
    "thats": "that is", "theres": "there is", "theyre": "they are", "theyve": "they have", "theyd": "they would",
    "im": "i am", "ive": "i have", "id": "i would", "ill": "i will", "lets": "let us", "youre": "you are",
    "weve": "we have", "dont": "do not", "doesnt": "does not", "didnt": "did not", "cant": "can not",
    "isnt": "is not", "arent": "are not", "wont": "will not", "wouldnt": "would not", "havent": "have not",
    "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please", "thx": "thanks", "tx": "thanks",
    "ty": "thanks", "tnx": "thanks", "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow", "tomo": "tomorrow",
    "abt": "about", "ppl": "people", "cos": "because", "cuz": "because", "w": "with", "wat": "what", "wot": "what",
    "hq": "headquarters", "mtg": "meeting", "mtgs": "meetings", "comps": "competitors",
    "biz": "business", "corp": "company", "firm": "company", "firms": "companies",
    "organisation": "company", "organization": "company", "org": "company", "outfit": "company", "econ": "economic",
    "gonna": "going to", "wanna": "want to", "gotta": "got to", "gimme": "give me", "lemme": "let me",
    "info": "information", "infos": "information", "intel": "information", "cybersecurity": "security",
    "infosec": "security", "hris": "hr system", "hcm": "hr system", "single-sign-on": "sso", "y": "why",
    "asap": "now", "rn": "now", "atm": "now", "currently": "now", "presently": "now", "yr": "year", "eta": "how long",
    "ok": "okay", "k": "okay", "okey": "okay", "kindly": "please", "nope": "no", "yep": "yes", "yeah": "yes",
    "thankyou": "thank you", "techstack": "tech stack", "decisionmaker": "decision maker",
    "e-mail": "email", "e-mails": "emails", "mails": "emails", "msg": "message", "convo": "conversation",
    "congrats": "great", "diff": "difference", "vs": "versus", "v": "versus", "recs": "recommend",
}  # fmt: skip

AREAS = frozenset(
    """security it identity iam marketing sales finance engineering procurement operations hr legal infrastructure
    compliance devops purchasing risk privacy infosec cybersecurity accounting logistics manufacturing""".split()
)
TITLES = frozenset(
    """ceo cto cio ciso cfo coo cmo cro cpo chro cdo cso vp svp evp avp president director founder cofounder owner
    chairman chairwoman chair treasurer head manager""".split()
)
TITLE_PHRASES = ("chief executive", "chief information security officer", "chief information officer",
    "chief technology officer", "chief financial officer", "chief security officer", "chief operating officer",
    "chief marketing officer", "chief people officer", "chief revenue officer", "head of it", "vice president",
    "general counsel", "managing director", "finance director", "it director", "it manager", "security lead",
)  # fmt: skip
TOPICS = frozenset(
    """crm erp sso mfa cdn cloud database databases analytics payroll hris compliance ransomware breach layoffs ipo
    passwords passwordless phishing audit audits gdpr soc2 fedramp ai""".split()
)
TIMES = frozenset(
    """today tomorrow yesterday tonight monday tuesday wednesday thursday friday saturday sunday morning afternoon
    evening week month quarter year january february march april may june july august september october november
    december now soon later next last this noon midday am pm am. o'clock hour hours minute minutes day days""".split()
)

# Products that are ordinary words elsewhere, or stand in the intents' own examples.
PRODUCTS = frozenset("workday ping duo oracle zoom gsuite entra aws auth0 kubernetes salesforce".split())

WE = frozenset({"we", "us", "our", "ours"})
THEY = frozenset({"they", "them", "their", "theirs", "it", "its"})
FRAMES = {"i": "i", "me": "i", "my": "i", "you": "you", "your": "you"}
FRAMES |= dict.fromkeys(WE, "we") | dict.fromkeys(THEY, "they")
HEADS = frozenset(
    """who whom whose what which where when why how do does did is are was were can could would will should have has had
    any give tell show let make write draft""".split()
)
PERSON = frozenset({"he", "she", "him", "her", "his", "hers"})

FUNCTION = frozenset(
    """a an the is are was were be been being am do does did have has had will would can could should shall may might
    must to of in on at for from by with about into over under as than then so and or but if not no yes i me my you
    your we us our ours they them their theirs it its he she him her his this that these those there here what which
    who whom whose where when how why any some all more most much many very just also too only now please let give
    tell show get want like go going one ones up out down off again company account guys folks thing things""".split()
)  # these say little of what is asked by themselves; pairs of them say more

# Common words that are no slip of the pen of others, and no company's name in small letters.
COMMON = frozenset(
    """able above accept across actual after again against age ago agree air allow almost alone along already always
    among amount animal another answer anybody anyone appear apply around arrive art aside asleep away baby back bad
    bag ball band bank bar bed beer before behind believe below beside beyond bird birth blood blue board boat body
    book born both bottle bottom box boy bread break bring broken brother brown build bus busy cake camp car card care
    carry case cat catch cause cent child church city class clean clear climb clock close clothes coat code coffee
    color colour come common cook corner correct count country couple cover crazy cross crowd cry cup cut dance dark
    date daughter dead dear death deep die dinner direct dirty dish doctor dog door double draw dream dress drink drive
    dry each early earn earth east easy eat egg eight either else empty english enjoy even event ever every evil exam
    except eye face fact fair fall family famous far farm fast father fear feel feet few field fight fill film fine
    finger fire fish five flight floor flower fly follow food foot football forest forget four french fresh friend
    front fruit full fun funny game garden gas german girl glass god gold gone grass gray green ground guess gun guy
    guys hair half hand happen happy hard hat hate heart heat heavy height high hill history hit hold holiday home
    hope horse hospital hotel hour house human hundred hungry hurry husband ice ignore instead island joke juice jump
    keep kid kill kind king kiss kitchen knee knife land language laugh law lay learn least leave left leg less letter
    lie life light line lion lip little live loan long lost loud love low luck lunch machine man map mark mate math
    meal mean meat men middle milk mind mine minute miss mom money month moon morning mother mountain mouth movie
    music myself name nature near neck neither never night nine noise none nor north nose nothing number ocean often
    oil old onto open orange order other outside own page paint pair paper parent park part party pass past pay pen
    per pick picture piece pig place plane plant plate play poem poor port post pound power pretty print prompt public
    pull push put quick quiet quite race rain read real red rice rich ride right ring river road rock room rope round
    row rule run sad safe salt same sand save school sea seat second seem sell send sense seven sex shape share sheep
    ship shirt shoe shop short shoulder shout sick side silver simple sing sister sit six skin sky sleep slow small
    smell smile smoke snow soft some son song soon sorry sound soup south space speak spell spoon sport spring stand
    star station stay step still stone store storm story street strong student study sugar summer sun sweet swim
    system table tail take tall taste tax teach tear ten test thick thin thing think third thirty thousand three
    throat through throw ticket time tired today together tomorrow tonight tooth top touch toward town toy train
    travel tree trip true try turn twelve twenty two uncle understand until upon usual valley view visit voice wait
    walk wall war warm wash watch water way weak wear weather wedding week weight west wet wheel white whole wide wife
    wild win wind window wine winter wish without woman won wonder wood word work world worse worst wrong yard year
    yellow yet young zero united states state capital president prime minister rice weather weird
    com net org www http https instructions previous""".split()
)

# What a question may have around what it asks for.
POLITE = frozenset(
    """please could would can you kindly me i so okay and also but then just well hey hi the a an of to for at in on
    there here over again maybe actually now do is are be my tell give show about what how want like need know see get
    us let with that this one ones any some""".split()
)
LEADS = (
    "what about",
    "how about",
    "and",
    "also",
    "same for",
    "same",
    "or",
    "but",
    "okay and",
    "then",
    "now",
    "what of",
)
MORE = frozenset(
    """more anything something keep going go further continue elaborate detail details expand deeper else rest example
    examples longer another
    specifics""".split()
)
MORE_OF_IT = frozenset({"more", "same", "else", "further", "elaborate", "theirs", "continue"})
ELSE = frozenset({"else", "other", "others", "another", "besides"})
GOES_ON = ELSE | {"more", "further", "continue", "rest"}
GO_ON = (("go", "on"), ("keep", "going"), ("what", "next"))
ASKING_ON = POLITE | GOES_ON | {
    "anyone", "anybody", "someone", "somebody", "anything", "something", "everyone", "everything", "who", "whom",
    "you", "it", "or", "they", "them", "have", "has", "go", "keep", "going", "next", "much", "lots", "few", "said",
    "say", "mention", "worth", "knowing", "whoever", "example", "examples", "detail", "details", "of", "still", "left",
}  # fmt: skip
OPEN = frozenset(
    """when where which how many much often old long such as for example exactly who why what since until by far
    was were is are did do that they it them those these kind of sort like so""".split()
)  # a question of these alone asks on about what was asked before
SUFFIXES = frozenset(
    """corp corporation inc incorporated ltd limited llc plc gmbh ag sa group holdings industries enterprises systems
    solutions labs technologies technology software bank partners media networks health energy foods airlines motors
    pharma logistics robotics analytics capital ventures company co international global""".split()
)
