"""What a job title says of its holder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.analysis.titles import part_of_title

TITLES = [
    ("Decision Maker", "VP, Infrastructure"),
    ("Decision Maker", "Chief Information Security Officer"),
    ("Decision Maker", "CTO"),
    ("Decision Maker", "Co-Founder & CEO"),
    ("Decision Maker", "President and COO"),
    ("Decision Maker", "SVP Engineering"),
    ("Decision Maker", "Vice President of Product"),
    ("Decision Maker", "Head of IT"),
    ("Decision Maker", "Managing Director, EMEA"),
    ("Decision Maker", "Owner"),
    ("Decision Maker", "General Manager"),
    ("Decision Maker", "Assistant Vice President"),
    ("Champion", "Director, Security Ops"),
    ("Champion", "Director of Engineering"),
    ("Champion", "Senior Director, People Operations"),
    ("Technical Buyer", "Senior Manager, Identity"),
    ("Champion", "Group Operations Manager"),
    ("Technical Buyer", "IAM Architect"),
    ("Technical Buyer", "Senior Software Engineer"),
    ("Technical Buyer", "DevOps Lead"),
    ("Technical Buyer", "IT Manager"),
    ("Technical Buyer", "Engineering Manager"),
    ("Technical Buyer", "Security Analyst"),
    ("Technical Buyer", "Systems Administrator"),
    ("Technical Buyer", "Staff Data Scientist"),
    ("Technical Buyer", "Solutions Architect"),
    ("Influencer", "Executive Assistant to the CEO"),
    ("Influencer", "Chief of Staff"),
    ("Influencer", "Former CEO"),
    ("Influencer", "Board Member"),
    ("Influencer", "Product Owner"),
    ("Influencer", "HR Business Partner"),
    ("Influencer", "Marketing Specialist"),
    ("Influencer", "Account Executive"),
    ("Influencer", "Technical Recruiter"),
    ("Influencer", "Product Manager"),
    ("Influencer", "Intern"),
    ("Influencer", ""),
]


@pytest.mark.once
@pytest.mark.parametrize(("part", "title"), TITLES)
def test_a_title_tells_the_part_played_in_a_purchase(part: str, title: str) -> None:
    assert part_of_title(title)[0] == part


SENIORITY = [
    ("founder", "CEO & Co-Founder"),
    ("chief", "Geschäftsführer (m/w/d)"),
    ("chief", "C.E.O."),
    ("chief", "Board Advisor | CEO at Tavolo"),
    ("chief", "Executive Director"),
    ("director", "Executive Director, Corporate Audit"),
    ("vice president", "VP & GM, Enterprise Software"),
    ("head", "Head of Sales, EMEA"),
    ("head", "Vertriebsleiter"),
    ("director", "Interim Director of Digital"),
    ("manager", "Team Lead, Claims"),
    ("senior", "Staff Software Engineer"),
    ("staff", "Staff Accountant"),
    ("staff", "PA to the Managing Director"),
    ("staff", "Founder's Associate"),
    ("staff", "Nurse | Mentor"),
    ("advisor", "Non-Executive Director"),
    ("advisor", "Former CFO"),
    ("advisor", "Former"),
    ("intern", "Intern, Office of the CEO"),
    ("unknown", ""),
    ("unknown", " | "),
]


@pytest.mark.once
@pytest.mark.parametrize(("seniority", "title"), SENIORITY)
def test_a_title_tells_the_seniority(seniority: str, title: str) -> None:
    assert part_of_title(title)[1] == seniority


@pytest.mark.once
@given(st.text(max_size=500))
def test_any_title_plays_some_part(title: str) -> None:
    part, seniority = part_of_title(title)

    assert part in {"Decision Maker", "Champion", "Technical Buyer", "Influencer"}
    assert seniority


@pytest.mark.once
@given(st.sampled_from(["CFO", "Head of IT", "Engineer"]), st.sampled_from(["{}", " {} ", "{} (m/w/d)", "{} @ Acme"]))
def test_what_stands_around_a_title_changes_nothing(title: str, around: str) -> None:
    assert part_of_title(around.format(title)) == part_of_title(title)
