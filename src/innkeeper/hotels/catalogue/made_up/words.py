"""What made-up hotels are called, where they stand and what is said about them."""

from collections.abc import Mapping, Sequence

NAMES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "en": (
        ["{} Hotel", "Hotel {}", "The {}", "{} House", "{} Inn", "{} Suites", "{} Lodge"],
        [
            "Grand",
            "Park",
            "Royal",
            "Garden",
            "Harbour",
            "Station",
            "Crown",
            "Lion",
            "Oak",
            "Plaza",
            "Palace",
            "Riverside",
            "Central",
            "Victoria",
            "Windsor",
            "Lakeside",
            "Meridian",
            "Orchid",
            "Cedar",
            "Lotus",
            "Regent",
            "Summit",
            "Anchor",
        ],
    ),
    "de": (
        ["Hotel {}", "Gasthof {}", "Pension {}", "{} am Markt", "Hotel zum {}"],
        [
            "Löwen",
            "Adler",
            "Hirschen",
            "Ochsen",
            "Schwanen",
            "Bären",
            "Anker",
            "Engel",
            "Stern",
            "Kranz",
            "Rössli",
        ],
    ),
    "fr": (
        ["Hôtel {}", "Le {}", "Auberge {}", "Résidence {}"],
        [
            "Beauséjour",
            "Bellevue",
            "Terminus",
            "Lion_d’Or",
            "Cheval_Blanc",
            "Grand_Cerf",
            "Méridien",
            "Saint-Jean",
            "Jardin",
            "Printemps",
            "Lumière",
            "Commerce",
        ],
    ),
    "es": (
        ["Hotel {}", "Hostal {}", "Posada {}", "Gran Hotel {}", "Casa {}"],
        [
            "Alameda",
            "Sol",
            "Luna",
            "Colón",
            "Imperial",
            "Real",
            "Catedral",
            "Mirador",
            "Alegría",
            "Jardines",
            "Victoria",
        ],
    ),
    "it": (
        ["Hotel {}", "Albergo {}", "Locanda {}", "Pensione {}", "Villa {}"],
        [
            "Bellavista",
            "Splendid",
            "Aurora",
            "Garibaldi",
            "Miramare",
            "Sole",
            "Stella",
            "Europa",
            "Corona",
            "Diana",
        ],
    ),
    "pt": (
        ["Hotel {}", "Pousada {}", "Residencial {}", "Solar {}"],
        [
            "Mirante",
            "Atlântico",
            "Central",
            "Imperial",
            "Palmeiras",
            "Estrela",
            "Horizonte",
            "Ribeira",
            "Flores",
        ],
    ),
}

STREETS: Mapping[str, tuple[str, Sequence[str]]] = {
    "en": (
        "{1} {0} Street",
        ["High", "Market", "Church", "King", "Queen", "Mill", "Park", "Station", "Bridge"],
    ),
    "de": (
        "{0}straße {1}",
        ["Bahnhof", "Haupt", "Garten", "Schiller", "Goethe", "Linden", "Mühl", "Kirch"],
    ),
    "fr": (
        "{1} rue {0}",
        ["de_la_Gare", "du_Marché", "Victor-Hugo", "de_la_Paix", "Pasteur", "des_Fleurs"],
    ),
    "es": (
        "Calle {0} {1}",
        ["Mayor", "Real", "del_Sol", "Cervantes", "San_Juan", "Libertad", "Colón"],
    ),
    "it": (
        "Via {0} {1}",
        ["Roma", "Garibaldi", "Mazzini", "Verdi", "Dante", "Cavour", "del_Mercato"],
    ),
    "pt": ("Rua {0} {1}", ["Direita", "das_Flores", "Augusta", "do_Comércio", "São_João", "Nova"]),
    "nl": ("{0}straat {1}", ["Kerk", "Markt", "Station", "Molen", "Haven", "Linden", "Konings"]),
    "da": ("{0}gade {1}", ["Vester", "Nørre", "Bro", "Konge", "Skov", "Havne"]),
    "sv": ("{0}gatan {1}", ["Stor", "Drottning", "Kungs", "Hamn", "Skol", "Björk"]),
    "nb": ("{0}gata {1}", ["Stor", "Kirke", "Skippe", "Dronningens_", "Torg", "Fjell"]),
    "fi": ("{0}katu {1}", ["Kauppa", "Kirkko", "Asema", "Ranta", "Koulu", "Puisto"]),
    "pl": ("ulica {0} {1}", ["Długa", "Polna", "Leśna", "Kościelna", "Mickiewicza", "Rynkowa"]),
    "cs": ("{0} {1}", ["Dlouhá", "Nádražní", "Hlavní", "Zahradní", "Mostecká", "Školní"]),
}

SITUATIONS: Mapping[str, Sequence[str]] = {
    "en": [
        "A short walk from the station of {}.",
        "In a quiet side street of {}, close to the market.",
        "By the water in {}, with a view from most rooms.",
        "In the middle of {}, among theatres and cafés.",
        "On the edge of {}, where the parks begin.",
    ],
    "de": [
        "Wenige Schritte vom Bahnhof von {}.",
        "In einer ruhigen Seitenstraße von {}, nahe am Markt.",
        "Am Wasser in {}, mit Aussicht aus den meisten Zimmern.",
        "Mitten in {}, zwischen Theatern und Cafés.",
        "Am Rand von {}, wo die Parks beginnen.",
    ],
    "es": [
        "A pocos pasos de la estación de {}.",
        "En una calle tranquila de {}, cerca del mercado.",
        "Junto al agua en {}, con vistas desde casi todas las habitaciones.",
        "En pleno centro de {}, entre teatros y cafés.",
        "A las afueras de {}, donde empiezan los parques.",
    ],
    "fr": [
        "À quelques pas de la gare de {}.",
        "Dans une rue calme de {}, près du marché.",
        "Au bord de l’eau à {}, avec vue depuis la plupart des chambres.",
        "En plein cœur de {}, entre théâtres et cafés.",
        "Aux portes de {}, là où commencent les parcs.",
    ],
    "it": [
        "A pochi passi dalla stazione di {}.",
        "In una via tranquilla di {}, vicino al mercato.",
        "Sull’acqua a {}, con vista da quasi tutte le camere.",
        "Nel cuore di {}, tra teatri e caffè.",
        "Ai margini di {}, dove cominciano i parchi.",
    ],
    "pt": [
        "A poucos passos da estação de {}.",
        "Numa rua tranquila de {}, perto do mercado.",
        "Junto à água em {}, com vista de quase todos os quartos.",
        "No centro de {}, entre teatros e cafés.",
        "Nos arredores de {}, onde começam os parques.",
    ],
}

ROOMS = (("DBL", "Double room", 2), ("FAM", "Family room", 4), ("STE", "Suite", 3))

FRONT = {
    "en": "Drawing of the hotel's front",
    "de": "Zeichnung der Hotelfassade",
    "es": "Dibujo de la fachada del hotel",
    "fr": "Dessin de la façade de l’hôtel",
    "it": "Disegno della facciata dell’hotel",
    "pt": "Desenho da fachada do hotel",
}
