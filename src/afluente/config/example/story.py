"""The people and deals of Estúdio Maré, an invented studio in Florianópolis.

Numbers are from ranges kept for fiction where Brazil has one, addresses from `example` domains.
"""

from __future__ import annotations

from dataclasses import dataclass

TEAM = (("Rafael Nogueira", "rafael"), ("Beatriz Tavares", "beatriz"), ("Luiza Farias", "luiza"))
STAGES = (
    ("Novo lead", 3),
    ("Contato feito", 6),
    ("Reunião", 6),
    ("Proposta", 8),
    ("Negociação", 10),
    ("Contrato", 14),
)
FORM, SHOP = "Orçamento de site", "Loja virtual"


@dataclass(frozen=True)
class Story:
    """One deal: what, who, how much, where it stands (a stage's place, or won, or lost), how it came."""

    name: str
    person: str
    amount: int
    stands: int | str
    source: str
    owner: int | None  # place in the team; 0 is the owner of the workspace
    age_days: float
    said: str = ""
    campaign: str = ""


OPEN = (
    Story("Chatbot de agendamento", "Patrícia Menezes", 4800, 0, "webhook", None, 0.1, "", "agenda-cheia"),
    Story(
        "Loja virtual", "Tiago Brandão", 22000, 0, "form", 1, 0.4, "Vende pelo Instagram, quer loja própria."
    ),
    Story("Landing page de fim de ano", "Renata Prisma", 3200, 0, "form", 0, 1.2, "", "natal"),
    Story("Gestão de tráfego pago", "Jonas Verde", 2900, 0, "api", 2, 1.6),
    Story("Site + SEO local", "Marcos Lins", 9500, 0, "form", 1, 2.3, "", "advocacia-sc"),
    Story("Catálogo no WhatsApp", "Flora de Sal", 3600, 0, "manual", 3, 2.8),
    Story(
        "Identidade visual e site",
        "Otávio Rezende",
        11200,
        1,
        "manual",
        0,
        6,
        "Prefere ligar depois das 16 h.",
    ),
    Story("Automação de WhatsApp", "Larissa Fontes", 6400, 1, "webhook", 2, 8, "Pediu um exemplo de fluxo."),
    Story("E-mail marketing trimestral", "Helder Cais", 5700, 1, "api", 3, 5),
    Story(
        "Migração de loja virtual",
        "Caio Guimarães",
        14900,
        1,
        "form",
        1,
        16,
        "Sem resposta desde a proposta inicial.",
    ),
    Story("Site institucional", "Dalva Girassol", 8800, 1, "manual", 0, 4),
    Story(
        "Portal do paciente", "Helena Prado", 27500, 2, "form", 1, 12, "Reunião confirmada com a diretoria."
    ),
    Story("Rebranding e loja", "Ícaro Morro", 19000, 2, "manual", 0, 9),
    Story("Funil de captação", "Bela Vista Imóveis", 7300, 2, "form", 3, 13, "", "imobiliarias"),
    Story("Chatbot de matrículas", "Isadora Pimentel", 12600, 2, "webhook", 3, 7),
    Story(
        "Portal de alunos",
        "Eduardo Lacerda",
        31000,
        3,
        "api",
        0,
        21,
        "Quer integração com o sistema de notas.",
    ),
    Story(
        "Loja + integração fiscal", "Murilo Sarmento", 24800, 3, "form", 1, 24, "Enviar proposta revisada."
    ),
    Story("Gestão de redes, 6 meses", "Brasa Norte", 14400, 3, "form", 2, 18),
    Story("Site e agendamento", "Corpo Livre", 9900, 3, "webhook", 3, 15),
    Story("Curso in company", "Vera Verde", 18700, 3, "api", 0, 20),
    Story(
        "Site institucional",
        "Camila Albuquerque",
        18400,
        4,
        "form",
        0,
        38,
        "Margem confirmada: 50 % na assinatura.",
        "site-clinicas-sp",
    ),
    Story("Reposicionamento de marca", "Teresa Molduras", 36200, 4, "manual", 1, 33),
    Story("Automação pós-venda", "Litoral Moda", 10500, 4, "webhook", 2, 27),
    Story(
        "Ecossistema digital",
        "Wagner Bittencourt",
        48000,
        5,
        "manual",
        0,
        44,
        "Jurídico devolve o contrato na terça.",
    ),
    Story("Loja virtual completa", "Serra Fria", 29500, 5, "form", 1, 41),
    Story("Suporte anual", "Clínica Sorriso", 13200, 5, "manual", 3, 36),
)
CLOSED = (
    Story("Site de casamentos", "Noemi Duarte", 7800, "won", "form", 0, 30, "", "noivas"),
    Story("Campanha de inverno", "Paulo Serrano", 12400, "won", "form", 1, 28),
    Story("Agenda online", "Yara Lobo", 5200, "won", "webhook", 2, 25),
    Story("Identidade da cafeteria", "Ester Grão", 9100, "won", "manual", 3, 22),
    Story("Loja de cerâmica", "Lia Barro", 16800, "won", "form", 1, 19, "", "artesanato"),
    Story("SEO local", "Davi Monteiro", 4300, "won", "api", 0, 17),
    Story("Portal de eventos", "Nina Palco", 31100, "won", "form", 0, 14),
    Story("Catálogo digital", "Rui Farol", 6400, "lost", "form", 2, 31, "Escolheu outro fornecedor"),
    Story("Aplicativo de fidelidade", "Ivo Prata", 42000, "lost", "api", 1, 26, "Sem orçamento este ano"),
    Story("Site da escola", "Clara Nunes", 11500, "lost", "form", 3, 23, "Parou de responder"),
    Story("Blog do consultório", "Hugo Brito", 3900, "lost", "webhook", 0, 12, "Prazo curto demais"),
)
