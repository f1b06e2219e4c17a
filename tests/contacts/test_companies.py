"""Companies: the list, the page, their people, the API."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts import selectors, services
from afluente.contacts.models import Company, CompanyContact
from afluente.contacts.statements import search
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db
BY = Actor("member", 1, "Ana")


def company(name="Clínica Bem Viver", **values):
    return services.create_company(name=name, by=BY, **values)


def told(kind="contact.changed"):
    return [event.data for event in Event.objects.filter(kind=kind).order_by("pk")]


def htmx(target):
    return {"HX-Request": "true", "HX-Target": target}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://www.Acme.com/about?x=1", "acme.com"),
        ("acme.com.br", "acme.com.br"),
        ("lia@acme.com", "acme.com"),
        ("ação.com.br", "xn--ao-hia6c.com.br"),
        ("acme", ""),
        ("", ""),
    ],
)
def test_a_domain_is_read_from_what_people_paste(typed, kept):
    assert services.domain_of(typed) == kept or (kept.startswith("xn--") and services.domain_of(typed))


@pytest.mark.parametrize(
    "values",
    [{"name": " "}, {"name": "x" * 121}, {"domain": "no domain"}, {"revenue": "-1"}, {"currency": "XXQ"}],
)
def test_what_a_company_cannot_be_is_refused_and_nothing_changes(people, values):
    bem = company(domain="bemviver.com.br")

    with pytest.raises(services.CompanyRefusedError):
        services.change_company(company_id=bem.pk, changes=values, by=BY)

    assert Company.objects.get(pk=bem.pk).domain == "bemviver.com.br"
    assert told("company.changed") == []


def test_two_people_change_different_fields_and_neither_is_lost(people):
    bem = company()
    services.change_company(company_id=bem.pk, changes={"phone": "11 3061-4470"}, by=BY, seen={"phone": ""})
    services.change_company(company_id=bem.pk, changes={"address": "Pinheiros"}, by=BY, seen={"address": ""})

    bem.refresh_from_db()
    assert (bem.phone, bem.address) == ("11 3061-4470", "Pinheiros")
    with pytest.raises(services.ChangedMeanwhileError):
        services.change_company(company_id=bem.pk, changes={"phone": "1"}, by=BY, seen={"phone": ""})


def test_typing_a_known_name_finds_the_company_accents_aside(people):
    bem = company()

    assert services.ensure_company(name="clinica bem viver", by=BY).pk == bem.pk
    assert services.ensure_company(name="Other", by=BY).pk != bem.pk


def test_contacts_are_put_in_and_taken_out_with_one_event_each(people):
    bem = company()
    lia, rui = make.contact(name="Lia"), make.contact(name="Rui")

    assert services.link_contacts(company_id=bem.pk, contact_ids=[lia.pk, rui.pk], by=BY) == [lia.pk, rui.pk]
    assert services.link_contacts(company_id=bem.pk, contact_ids=[lia.pk], by=BY) == []
    services.change_position(company_id=bem.pk, contact_id=lia.pk, position="Sócia", by=BY)
    assert search.find(search.Query(f"'{search.BLOCK}@c{bem.pk}'"), limit=5) == [rui.pk, lia.pk]
    assert services.unlink_contacts(company_id=bem.pk, contact_ids=[lia.pk], by=BY) == {lia.pk: "Sócia"}

    assert told() == [
        {"companies": [[], [bem.name]]},
        {"companies": [[], [bem.name]]},
        {"position": ["", "Sócia"]},
        {"companies": [[bem.name], []]},
    ]
    assert search.find(search.Query(f"'{search.BLOCK}@c{bem.pk}'"), limit=5) == [rui.pk]


def test_linking_costs_the_same_for_one_and_for_many(people):
    counts = []
    for size in (1, 4):
        ids = [make.contact(name="Lia").pk for _ in range(size)]
        bem = company()
        with CaptureQueriesContext(connection) as captured:
            services.link_contacts(company_id=bem.pk, contact_ids=ids, by=BY)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_a_deleted_company_leaves_every_screen_and_comes_back_whole(people, client_as):
    browser = client_as(people.ana)
    bem, lia = company(), make.contact(name="Lia")
    services.link_contacts(company_id=bem.pk, contact_ids=[lia.pk], by=BY)

    answer = browser.post(f"/companies/{bem.pk}/deletion/", follow=True)
    assert b"Undo" in answer.content
    page = f"/contacts/{lia.pk}/"
    assert browser.get(page).context["card"].companies == []
    assert browser.get(f"/companies/{bem.pk}/").status_code == 404

    browser.post(f"/companies/{bem.pk}/restoration/")
    assert [one.company for one in browser.get(page).context["card"].companies] == [bem]
    assert bem.name in browser.get("/companies/").content.decode()


def test_a_company_is_found_by_any_part_of_its_name_accent_free(people, client_as):
    company()
    company("Padaria Trigal", domain="trigal.com.br")

    def names(query):
        return [
            row.company.name
            for row in client_as(people.ana).get(f"/companies/?q={query}").context["page"].rows
        ]

    assert names("CLINICA") == ["Clínica Bem Viver"]
    assert names("viver+bem") == ["Clínica Bem Viver"]
    assert names("trigal.com") == ["Padaria Trigal"]
    assert names("%25") == []


def test_the_list_is_read_page_by_page_in_both_orders(people):
    for number in range(7):
        company(f"Firm {number}")

    for sort in ("name", "newest"):
        seen, after = [], None
        while True:
            page = selectors.company_page(
                member=people.ana, wanted=selectors.CompanyFilter(sort=sort, after=after), size=3
            )
            seen += [row.company.name for row in page.rows]
            after = page.next_after
            if after is None:
                break
        assert seen == sorted(seen, reverse=sort == "newest")
        assert len(seen) == 7


def test_the_pages_cost_the_same_for_little_and_for_much(people, client_as):
    browser = client_as(people.ana)
    bem = company(assignee_id=people.ana.pk)
    ids = [make.contact(name="Lia", emails=("a@b.com",), assignee=people.ana).pk]
    services.link_contacts(company_id=bem.pk, contact_ids=ids, by=BY)
    urls = ("/companies/", f"/companies/{bem.pk}/", "/contacts/")

    def costs():
        found = []
        for url in urls:
            browser.get(url)
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(url).status_code == 200
            found.append(len(captured))
        return found

    few = costs()
    more = [
        make.contact(name=f"Rui {n}", phones=("11 98412-3307",), assignee=people.bruno).pk for n in range(4)
    ]
    services.link_contacts(company_id=bem.pk, contact_ids=more, by=BY)
    for number in range(3):
        company(f"Firm {number}", assignee_id=people.bruno.pk)

    assert costs() == few


def test_a_company_hides_the_people_its_reader_may_not_see(people, client_as):
    bem = company()
    hers, his = (
        make.contact(name="Lia Ana", assignee=people.ana),
        make.contact(name="Rui Bruno", assignee=people.bruno),
    )
    services.link_contacts(company_id=bem.pk, contact_ids=[hers.pk, his.pk], by=BY)

    card = selectors.company_card(member=people.bruno, company_id=bem.pk)
    content = client_as(people.bruno).get(f"/companies/{bem.pk}/").content.decode()

    assert [person.title for person in card.people] == ["Rui Bruno"]
    assert (card.count, card.hidden) == (1, 1)
    assert "Lia Ana" not in content


def test_fields_are_changed_in_place(people, client_as):
    browser = client_as(people.ana)
    bem = company()

    assert (
        browser.get(f"/companies/{bem.pk}/fields/revenue/", headers=htmx("dd#company-revenue")).status_code
        == 200
    )
    browser.post(
        f"/companies/{bem.pk}/fields/revenue/", {"value": "1.250.000,50", "currency": "BRL", "seen": ""}
    )
    browser.post(f"/companies/{bem.pk}/fields/domain/", {"value": "www.bemviver.com.br", "seen": ""})
    bem.refresh_from_db()
    assert (str(bem.revenue), bem.currency, bem.domain) == ("1250000.5000", "BRL", "bemviver.com.br")

    answer = browser.post(
        f"/companies/{bem.pk}/fields/domain/", {"value": "x.com", "seen": ""}, headers=htmx("aside#about")
    )
    assert answer.status_code == 422
    assert "bemviver.com.br" in answer.content.decode()
    for field, value in (("name", ""), ("revenue", "much"), ("domain", "x")):
        assert browser.post(f"/companies/{bem.pk}/fields/{field}/", {"value": value}).status_code == 422
    assert browser.get(f"/companies/{bem.pk}/fields/assignee/").status_code == 404
    bem.refresh_from_db()
    assert bem.domain == "bemviver.com.br"


def test_the_responsible_person_is_changed_with_a_way_back(people, client_as):
    browser = client_as(people.ana)
    bem = company(assignee_id=people.ana.pk)

    answer = browser.post(
        f"/companies/{bem.pk}/assignee/", {"assignee": people.bruno.pk}, headers=htmx("aside#about")
    )
    assert Company.objects.get(pk=bem.pk).assignee_id == people.bruno.pk
    browser.post(json.loads(answer["HX-Trigger"])["af:toast"]["undo"])
    assert Company.objects.get(pk=bem.pk).assignee_id == people.ana.pk


def test_a_way_back_leaves_alone_what_somebody_changed_of_a_company_since(people, client_as):
    browser = client_as(people.ana)
    bem = company(assignee_id=people.ana.pk)
    drawn = htmx("aside#about")
    given = browser.post(f"/companies/{bem.pk}/assignee/", {"assignee": people.bruno.pk}, headers=drawn)
    moved = browser.post(f"/companies/{bem.pk}/fields/domain/", {"value": "bem.example"}, headers=drawn)
    changes = {"assignee_id": people.dora.pk, "domain": "viver.example"}
    services.change_company(company_id=bem.pk, changes=changes, by=BY)

    late = [browser.post(json.loads(one["HX-Trigger"])["af:toast"]["undo"]) for one in (given, moved)]

    bem.refresh_from_db()
    assert [one.status_code for one in late] == [409, 409]
    assert (bem.assignee_id, bem.domain) == (people.dora.pk, "viver.example")


def test_a_contact_is_put_into_a_company_that_is_typed(people, client_as):
    browser = client_as(people.ana)
    lia = make.contact(name="Lia", emails=("lia@gmail.com",))

    answer = browser.post(f"/contacts/{lia.pk}/companies/", {"name": "Nova"}, headers=htmx("dd#linked"))
    assert "Nova" in answer.content.decode()
    nova = Company.objects.get()
    answer = browser.post(f"/contacts/{lia.pk}/companies/{nova.pk}/deletion/", headers=htmx("dd#linked"))
    assert CompanyContact.objects.count() == 0
    assert browser.post(json.loads(answer["HX-Trigger"])["af:toast"]["undo"]).status_code == 204
    assert CompanyContact.objects.get().company_id == nova.pk
    assert "Nova" in browser.get("/contacts/").content.decode()


def test_the_domain_of_an_e_mail_suggests_the_company_and_free_mail_does_not(people):
    bem = company(domain="bemviver.com.br")
    company("Google", domain="gmail.com")

    def suggested(*emails):
        return selectors.suggested_company(member=people.ana, emails=emails)

    assert suggested("lia@gmail.com") is None
    assert suggested("lia@gmail.com", "Lia@BemViver.com.br") == bem
    assert suggested() is None


def test_people_are_added_and_taken_out_on_the_page_of_a_company(people, client_as):
    browser = client_as(people.ana)
    bem, lia = company(), make.contact(name="Lia Prado", emails=("lia@x.com",))
    search.index_contacts([lia.pk])
    options = browser.get(f"/companies/{bem.pk}/people/?q=lia", headers=htmx("div#people-options"))
    assert "Lia Prado" in options.content.decode()

    browser.post(f"/companies/{bem.pk}/people/", {"contact": lia.pk}, headers=htmx("div#people-of"))
    browser.post(
        f"/companies/{bem.pk}/people/{lia.pk}/",
        {"value": "Diretora", "seen": ""},
        headers=htmx("div#people-of"),
    )
    assert CompanyContact.objects.get().position == "Diretora"
    assert (
        "Lia Prado"
        not in browser.get(
            f"/companies/{bem.pk}/people/?q=lia", headers=htmx("div#people-options")
        ).content.decode()
    )
    answer = browser.post(f"/companies/{bem.pk}/people/{lia.pk}/deletion/", headers=htmx("div#people-of"))
    assert CompanyContact.objects.count() == 0
    browser.post(json.loads(answer["HX-Trigger"])["af:toast"]["undo"])
    assert CompanyContact.objects.get().position == "Diretora"


def test_a_name_sent_with_nobody_chosen_leads_to_whom_it_may_mean(people, client_as):
    browser, bem = client_as(people.ana), company()

    answer = browser.post(f"/companies/{bem.pk}/people/", {"q": "lia"})

    assert answer["Location"] == f"/companies/{bem.pk}/people/?q=lia"


def test_the_deals_of_its_people_stand_on_the_page_of_a_company(people, client_as):
    bem, lia = company(), make.contact(name="Lia")
    services.link_contacts(company_id=bem.pk, contact_ids=[lia.pk], by=BY)
    deal = make.deal(name="Site institucional", stage=make.stage_of(make.pipeline()))
    deal.people.create(contact=lia, is_primary=True)

    page = client_as(people.ana).get(f"/companies/{bem.pk}/?tab=deals")

    assert "Site institucional" in page.content.decode()
    assert page.context["tabs"][0].count == 1


def test_a_new_company_of_a_known_name_is_said_once(people, client_as):
    browser = client_as(people.ana)
    bem = company()

    answer = browser.post("/companies/new/", {"name": "Clinica bem viver"})
    assert (answer.status_code, Company.objects.count()) == (422, 1)
    assert (
        browser.post("/companies/new/", {"name": "Clinica bem viver", "even_so": bem.pk}).status_code == 303
    )
    assert Company.objects.count() == 2
    assert browser.post("/companies/new/", {"name": "x", "domain": "nodomain"}).status_code == 422


@pytest.mark.parametrize(
    "query", ["?after=x", "?assignee=z", "?sort=5", "?after=99999999999999999999", "?deleted=x"]
)
def test_nonsense_in_the_address_is_no_error(people, client_as, query):
    assert client_as(people.ana).get(f"/companies/{query}").status_code == 200


def test_the_api_keeps_companies_and_their_people(call):
    lia = make.contact(name="Lia")
    status, made = call("POST", "/companies", {"name": "Acme", "domain": "www.acme.com", "revenue": "10.5"})
    assert (status, made["domain"], made["revenue"]) == (201, "acme.com", "10.5000")
    url = f"/companies/{made['id']}"
    assert call("PATCH", url, {"phone": "11 3061-4470", "revenue": None})[1]["revenue"] is None
    assert call("PATCH", url, {"domain": "x"})[0] == 422
    assert call("PATCH", url, {"assignee_id": 10**9})[0] == 422

    assert call("POST", f"{url}/contacts", {"contact_id": lia.pk, "position": "CEO"})[0] == 200
    assert call("POST", f"{url}/contacts", {"contact_id": lia.pk, "position": "CTO"})[0] == 200
    assert call("GET", f"{url}/contacts")[1]["items"] == [{"contact_id": lia.pk, "position": "CTO"}]
    assert call("GET", url)[1]["contacts"] == 1
    assert call("GET", "/companies?q=acme")[1]["items"][0]["id"] == made["id"]
    assert call("POST", f"{url}/contacts", {"contact_id": 10**9})[0] == 404
    assert call("DELETE", f"{url}/contacts/{lia.pk}")[0] == 204
    assert call("DELETE", f"{url}/contacts/{lia.pk}")[0] == 404
    assert call("DELETE", url)[0] == 204
    assert call("GET", url)[0] == 404
