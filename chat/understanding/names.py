"""Names that everybody knows: of people and places. What is an ordinary word as well is left out, or said to be so."""

GIVEN = frozenset(
    """aaron adam adrian ahmed aisha akira alan alana albert alejandro alessandro alex alexander alexandra alice alicia
    alina allison amanda amelia amir amy ana anastasia anders andre andrea andreas andrew andy angela anika anil anita
    anja ann anna anne annika anthony antoine anton antonio arjun arthur asha ashley astrid barbara bart beatrice
    beatriz ben benjamin bernd bernard beth betty bjorn bob boris bradley brandon brenda brian bruce bruno bryan camila
    camille carl carla carlos carmen carol caroline carolyn catherine cecilia chandra charles charlotte chen chiara
    chris christian christina christine christoph christopher cindy claire clara claudia claus colin connor craig
    cristina cynthia daisuke dan dana daniel daniela danielle darren dave david deborah debra deepa deepak denise dennis
    derek diana diane diego dieter dmitri dominic donald donna doris dorothy douglas duncan edgar eduardo edward elena
    eleanor eli elias elif elisabeth elizabeth ella ellen emanuel emily emma emmanuel eric erica erik erika erin ernst
    esther ethan eugene eva evelyn fabian fatima felipe felix fernanda fernando fiona florian francesca francesco
    francis francisco francois franz fred frederick frederik friedrich fritz gabriel gabriela gareth gary gavin geoff
    george georgia gerald gerard gianni gina giorgio giovanni giulia glen gloria gordon graham greg gregory greta
    guillaume gunther gustavo guy hannah hans harald harold haruki hassan heather hector heidi heike heinz helen helena
    henrik henry herbert hiroshi holger howard hugo ian ibrahim igor ingrid irina isaac isabel isabella ivan ivy jacob
    jacques jake jakob james jamie jan jana jane janet janice jason javier jay jean jeff jeffrey jennifer jenny jeremy
    jerome jesse jessica jesus jill jim joachim joan joana joanna joao joel johan johanna john jonas jonathan jordan
    jorge jose joseph joshua josh juan judith judy julia julian julie jun jürgen jurgen justin kai karen karin karl
    karolina kate katharina katherine kathleen kathryn katie katrin kavita keiko keith kelly ken kenji kenneth kevin
    khalid kim kiran klaus kristen kristian kristina kumar kurt kyle lars laura lauren laurent lawrence lea leah lee
    leila lena leo leon leonard leonardo leslie liam lin linda lindsay lisa liu lorenzo louis louise luc luca lucas
    lucia lucy luigi luis luisa lukas luke lydia lynn magnus maja malik manfred manuel marc marcel marcelo marco marcus
    margaret maria mariana marie marina mario marion markus marta martha martin martina mary mateo mathias matt matteo
    matthew matthias maurice max maya megan mehmet mei melanie melissa mia michael michel michelle miguel mikael mike
    mikhail ming miriam mohamed mohammed monica monika morgan moritz muhammad nadia nancy naomi natalia natalie natasha
    nathan neha neil nicholas nick nicola nicolas nicole nikhil nikolai nils nina nora norbert oleg oliver olivia olga
    omar oscar otto owen pablo pamela paola patricia patrick paul paula paulo pavel pedro peter petra philip philipp
    philippe phillip pierre pieter pradeep prakash priya quentin rachel rafael rahul raj rajesh ralf ralph ramon raul
    ravi raymond rebecca regina renata rene ricardo richard rita robert roberta roberto robin rodrigo roger roland
    roman ronald rosa roxana rudolf rupert russell ruth ryan sabine sally sam samantha samir samuel sandra sanjay sara
    sarah satoshi scott sean sebastian sergei sergio shankar sharon shaun sheila shirley silke silvia simon simone
    sofia sonja sophia sophie soren stefan stefanie stella stephan stephanie stephen steve steven stuart sunil susan
    susanne suzanne sven sylvia takashi tamara tanja tanya tara tatiana terry thiago thomas tim timo timothy tina tobias
    todd tom tomas tony tracy tristan ulrich ursula uwe valentina valeria vanessa vera veronica victor victoria vijay
    vikram viktor vincent virginia vivek vivian vladimir walter wei wendy werner wilhelm william wolfgang xavier yan
    yannick yasmin yolanda yuki yuri yusuf yvonne zhang zoe""".split()
)
# Given names that are ordinary words, too: with a capital letter and a surname behind them they are names.
ALSO_GIVEN = frozenset(
    """mark will grace rich may bill rob jack drew frank grant chase hope faith joy dawn iris rose summer dean miles pat
    sue art ray guy penny amber crystal daisy ruby carter mason parker hunter autumn april june august sky gene dale
    glenn clay reed page carol melody norm""".split()
)
ANY_GIVEN = GIVEN | ALSO_GIVEN

PLACES = frozenset(
    """aachen aberdeen abu+dhabi accra adelaide alabama alaska albuquerque algeria america amsterdam andorra ankara
    antwerp argentina arizona arkansas asia athens atlanta auckland austin australia austria azerbaijan baden bahrain
    baltimore bangalore bengaluru bangkok bangladesh barcelona basel bavaria beijing belarus belfast belgium belgrade
    bergen berlin bern bilbao birmingham bogota bologna bolivia bombay bonn bordeaux boston botswana brasilia
    bratislava brazil bremen brighton brisbane bristol brittany brooklyn brussels bucharest budapest buenos+aires
    bulgaria cairo calgary california cambodia cambridge cameroon canada canberra cape+town caracas cardiff carolina
    casablanca catalonia charlotte chennai chicago chile china cincinnati cleveland cologne colombia colorado
    connecticut copenhagen costa+rica croatia cyprus czechia dallas damascus delaware delhi denmark denver detroit
    dhaka doha dortmund dresden dubai dublin dubrovnik dundee durban dusseldorf düsseldorf ecuador edinburgh edmonton
    egypt eindhoven england essen estonia ethiopia europe finland florence florida france frankfurt gdansk geneva
    genoa georgia germany ghana ghent glasgow gothenburg graz greece guadalajara guangzhou haifa hamburg hanoi hanover
    hannover helsinki hong+kong honolulu houston hungary hyderabad iceland idaho illinois india indiana indianapolis
    indonesia iowa iran iraq ireland israel istanbul italy jakarta japan jeddah jerusalem johannesburg kansas karachi
    karlsruhe kazakhstan kentucky kenya kiel kiev kyiv kolkata krakow kuala+lumpur kuwait kyoto lagos lahore latvia
    las+vegas lausanne lebanon leeds leipzig liechtenstein lille lima lisbon lithuania liverpool ljubljana london
    los+angeles louisiana louisville luxembourg lyon madrid maine malaga malaysia malmo malta manchester manhattan
    manila mannheim marseille maryland massachusetts melbourne memphis mexico mexico+city miami michigan milan
    milwaukee minneapolis minnesota missouri moldova monaco montana montreal morocco moscow mumbai munich munster
    nairobi nantes naples nashville nebraska nepal netherlands nevada newcastle new+delhi new+jersey new+orleans
    new+york new+york+city new+zealand nigeria norway nottingham nuremberg oakland odessa ohio oklahoma oman ontario
    oregon orlando osaka oslo ottawa oxford pakistan palo+alto panama paraguay paris pennsylvania perth peru
    philadelphia philippines phoenix pittsburgh poland porto portugal poznan prague pretoria qatar quebec raleigh
    redmond riga rio+de+janeiro riyadh romania rome rotterdam russia sacramento salt+lake+city salzburg san+antonio
    san+diego san+francisco san+jose santiago sao+paulo sarajevo saudi+arabia scotland seattle senegal seoul serbia
    seville shanghai sheffield shenzhen silicon+valley singapore skopje slovakia slovenia sofia south+africa
    south+korea southampton spain sri+lanka st+louis stockholm strasbourg stuttgart sweden switzerland sydney taipei
    taiwan tallinn tampa tashkent tbilisi tel+aviv tennessee texas thailand the+hague tirana tokyo toronto toulouse
    tunisia turin turkey uganda ukraine united+arab+emirates united+kingdom united+states uruguay utah utrecht
    valencia vancouver venezuela venice vermont vienna vietnam vilnius virginia wales warsaw washington wiesbaden
    wisconsin wroclaw wyoming yorkshire zagreb zurich zürich emea apac latam dach benelux""".split()
)  # "+" stands for a space; of people's names that are places the place is meant where no surname follows
PLACES = frozenset(each.replace("+", " ") for each in PLACES)
