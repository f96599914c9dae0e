#include "providers/random/random.h"

#include <string.h>

static const char *const adverbs[] = {
    "ably",    "always",   "amply",     "barely",   "boldly",      "bravely",  "briefly",  "brightly", "broadly",
    "calmly",  "clearly",  "closely",   "cosily",   "daily",       "deeply",   "directly", "duly",     "eagerly",
    "early",   "easily",   "equally",   "evenly",   "fairly",      "firmly",   "fondly",   "freely",   "freshly",
    "fully",   "gently",   "gladly",    "greatly",  "happily",     "highly",   "humbly",   "jointly",  "justly",
    "keenly",  "kindly",   "largely",   "lately",   "lightly",     "likely",   "locally",  "loudly",   "luckily",
    "mainly",  "merrily",  "mildly",    "mostly",   "nearly",      "neatly",   "newly",    "nicely",   "openly",
    "partly",  "plainly",  "politely",  "promptly", "properly",    "proudly",  "purely",   "quickly",  "quietly",
    "rapidly", "rarely",   "readily",   "really",   "richly",      "rightly",  "safely",   "sharply",  "simply",
    "slowly",  "smoothly", "softly",    "solely",   "specially",   "steadily", "strongly", "subtly",   "surely",
    "swiftly", "tenderly", "terribly",  "tightly",  "truly",       "usually",  "vastly",   "vaguely",  "warmly",
    "widely",  "wholly",   "willingly", "wisely",   "wonderfully",
};
static const char *const adjectives[] = {
    "able",    "agile",    "alert",    "amber",    "ample",   "ancient", "apt",      "arctic",   "azure",   "balanced",
    "bold",    "brave",    "brief",    "bright",   "brisk",   "broad",   "bronze",   "calm",     "candid",  "careful",
    "central", "charming", "cheerful", "civil",    "classic", "clean",   "clear",    "clever",   "close",   "coastal",
    "cool",    "coral",    "cosmic",   "crisp",    "curious", "daring",  "dear",     "deep",     "distant", "dynamic",
    "eager",   "early",    "easy",     "electric", "elegant", "epic",    "equal",    "exact",    "fair",    "famous",
    "fast",    "fine",     "firm",     "fleet",    "fluent",  "fond",    "frank",    "free",     "fresh",   "gentle",
    "giant",   "glad",     "golden",   "good",     "grand",   "great",   "green",    "happy",    "hardy",   "hazel",
    "honest",  "humble",   "ideal",    "immense",  "ivory",   "jolly",   "just",     "keen",     "kind",    "large",
    "lasting", "light",    "lively",   "local",    "loyal",   "lucid",   "lucky",    "lunar",    "magic",   "mellow",
    "merry",   "mighty",   "mild",     "modern",   "modest",  "moral",   "native",   "neat",     "new",     "nimble",
    "noble",   "north",    "novel",    "open",     "optimal", "patient", "pleasant", "polar",    "polite",  "prime",
    "proper",  "proud",    "pure",     "quick",    "quiet",   "rapid",   "rare",     "ready",    "regal",   "rich",
    "robust",  "round",    "royal",    "rustic",   "safe",    "sharp",   "silent",   "silver",   "simple",  "sincere",
    "smart",   "smooth",   "social",   "solar",    "solid",   "sound",   "special",  "splendid", "steady",  "stellar",
    "still",   "stout",    "strong",   "sunny",    "super",   "sweet",   "swift",    "tender",   "tidy",    "tough",
    "true",    "trusty",   "upbeat",   "usable",   "valid",   "vast",    "verbal",   "vital",    "vivid",   "warm",
    "wary",    "whole",    "wild",     "willing",  "wise",    "witty",   "worthy",   "young",    "zesty",
};
static const char *const animals[] = {
    "albatross", "alpaca",  "ant",     "antelope", "badger",   "bat",      "bear",     "beaver",  "bee",      "beetle",
    "bison",     "bobcat",  "buffalo", "camel",    "caribou",  "cat",      "chamois",  "cheetah", "chicken",  "cobra",
    "cod",       "condor",  "corgi",   "cow",      "coyote",   "crab",     "crane",    "cricket", "crow",     "deer",
    "dingo",     "dog",     "dolphin", "donkey",   "dove",     "duck",     "eagle",    "eel",     "egret",    "eland",
    "elephant",  "elk",     "emu",     "falcon",   "ferret",   "finch",    "firefly",  "fish",    "flamingo", "fox",
    "frog",      "gannet",  "gazelle", "gecko",    "gerbil",   "gibbon",   "giraffe",  "goat",    "goldfish", "goose",
    "gopher",    "grouse",  "gull",    "haddock",  "hamster",  "hare",     "hawk",     "hen",     "heron",    "herring",
    "hippo",     "hornet",  "horse",   "ibex",     "ibis",     "iguana",   "impala",   "jackal",  "jaguar",   "jay",
    "kestrel",   "kite",    "kiwi",    "koala",    "krill",    "lamb",     "lark",     "lemming", "lemur",    "leopard",
    "lion",      "lizard",  "llama",   "lobster",  "lynx",     "macaw",    "mackerel", "magpie",  "mallard",  "mammoth",
    "manatee",   "marlin",  "marmot",  "marten",   "mink",     "minnow",   "mole",     "monkey",  "moose",    "moth",
    "mouse",     "mule",    "mussel",  "narwhal",  "newt",     "ocelot",   "octopus",  "okapi",   "opossum",  "orca",
    "oriole",    "oryx",    "osprey",  "ostrich",  "otter",    "owl",      "ox",       "oyster",  "panda",    "panther",
    "parrot",    "peacock", "pelican", "penguin",  "perch",    "pheasant", "pig",      "pigeon",  "pika",     "pike",
    "platypus",  "plover",  "pony",    "porpoise", "puffin",   "puma",     "python",   "quail",   "rabbit",   "raccoon",
    "ram",       "raven",   "ray",     "reindeer", "rhino",    "robin",    "rook",     "salmon",  "sardine",  "seal",
    "shark",     "sheep",   "shrew",   "shrimp",   "skink",    "skylark",  "sloth",    "snail",   "snipe",    "sparrow",
    "spider",    "sponge",  "squid",   "squirrel", "starling", "stork",    "sturgeon", "swan",    "swift",    "tapir",
    "tern",      "terrier", "thrush",  "tiger",    "toad",     "toucan",   "trout",    "tuna",    "turkey",   "turtle",
    "viper",     "vole",    "wallaby", "walrus",   "wasp",     "weasel",   "whale",    "wolf",    "wombat",   "wren",
    "yak",       "zebra",
};

#define PICK(d, list) ((list)[draw_below((d), sizeof(list) / sizeof *(list))])

InfraText words_pet(Draw *d, InfraArena *arena, int64_t count, InfraText separator) {
    InfraText out = TEXT("");
    for (int64_t i = 0; i < count; i++) {
        const char *word = i == count - 1 ? PICK(d, animals) : i == count - 2 ? PICK(d, adjectives) : PICK(d, adverbs);
        out = d->host->format(arena, "%.*s%.*s%s", (int)out.n, out.p, i ? (int)separator.n : 0, separator.p, word);
    }
    return out;
}
