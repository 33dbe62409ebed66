"""Names of nobody: the last names are words of the shore, the streets are of no commune."""

FIRST_NAMES = (
    *("Aglaé", "Albertine", "Anatole", "Apolline", "Aristide", "Augustine", "Barnabé", "Basile"),
    *("Blanche", "Célestin", "Clémence", "Colombe", "Cyprien", "Désirée", "Edmée", "Éloi"),
    *("Ernestine", "Eugénie", "Eulalie", "Fernand", "Firmin", "Gaspard", "Georgette", "Gustave"),
    *("Hippolyte", "Honorine", "Irénée", "Isidore", "Joséphine", "Lazare", "Léontine", "Léopold"),
    *("Marceline", "Marius", "Maximin", "Mélanie", "Narcisse", "Octave", "Odette", "Olympe"),
    *("Ondine", "Philomène", "Prosper", "Rosalie", "Sidonie", "Solange", "Théodore", "Ursule"),
    *("Valentin", "Victorine", "Virgile", "Zélie", "Zéphyrin", "Zoé"),
)
LAST_NAMES = (
    *("Algueverte", "Ancrenoire", "Baiebrune", "Barquedor", "Bellevase", "Bernicou", "Bigornet"),
    *("Bouéeblanche", "Brisemarin", "Brumeclair", "Cabestou", "Chantevague", "Claireverte"),
    *("Coquelune", "Coquillon", "Cordagier", "Courlisot", "Couteaudemer", "Criqueborde"),
    *("Dunebelle", "Écluzet", "Embruneau", "Estranier", "Filetblanc", "Fleurdesel", "Foulquevent"),
    *("Galetrond", "Goélandier", "Grèveline", "Grandelaisse", "Gréementon", "Hautemarée"),
    *("Huîtreau", "Islerond", "Jonchemarais", "Jusantier", "Laminard", "Loinduport", "Maréegale"),
    *("Marencot", "Moulembois", "Mouetteau", "Nassedor", "Ostréal", "Palourdeau", "Pertuiset"),
    *("Pétoncleau", "Pharelin", "Pinsablon", "Portecalme", "Quaidouest", "Ramendou", "Ressaclair"),
    *("Rochelame", "Rosedesvents", "Sablevif", "Salicorneau", "Saunerelle", "Seudremer"),
    *("Tamarisot", "Tournepierre", "Varechon", "Vasedor", "Ventdebout", "Voilenbas"),
)
ENGLISH_FIRST_NAMES = ("Daphne", "Edwin", "Harriet", "Mabel", "Percival", "Winifred")
ENGLISH_LAST_NAMES = ("Cockleshore", "Duneworth", "Lanternby", "Oysterham", "Samphirely")
STREETS = (
    *("rue des Salicornes-Bleues", "chemin du Phare-Endormi", "impasse des Trois-Bigorneaux"),
    *("allée de la Marée-Lente", "rue du Goéland-Distrait", "venelle des Filets-Secs"),
    *("chemin de la Claire-Perdue", "rue de la Vieille-Yole", "place du Vent-Tourné"),
    *("route des Dunes-Dormantes", "rue du Banc-de-Sable", "allée des Tamaris-Penchés"),
)
SECOND_LINES = ("Bâtiment A, 1er étage", "Porte bleue", "Appartement 3")
