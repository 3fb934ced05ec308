/*
 * latex.c - see latex.h.
 *
 * The names are those that LaTeX, AMS-LaTeX, mhchem and the browser
 * renderers know, in byte order, so that looking up is a binary search.
 * Single letters are left out: \t and \n are accents and macros nobody
 * needs, and the most common escapes there are.
 */
#include "validate/record/latex.h"

#include "validate/base/attrs.h"

/* clang-format off */
static const char *const names[] = {
    "Alpha", "And", "Bbb", "Bbbk", "Beta", "Big", "Bigg", "Biggl", "Biggm",
    "Biggr", "Bigl", "Bigm", "Bigr", "Box", "Bra", "Braket", "Bumpeq", "Cap",
    "Chi", "Colon", "Colonapprox", "Coloneq", "Coloneqq", "Colonsim", "Complex",
    "Cup", "Dagger", "Darr", "DeclareMathOperator", "Delta", "Diamond", "Doteq",
    "Downarrow", "Epsilon", "Eqcolon", "Eqqcolon", "Eta", "Finv", "Game",
    "Gamma", "Harr", "Huge", "Im", "Iota", "Join", "KaTeX", "Kappa", "Ket",
    "LARGE", "LaTeX", "Lambda", "Large", "Larr", "Leftarrow", "Leftrightarrow",
    "Lleftarrow", "Longleftarrow", "Longleftrightarrow", "Longrightarrow",
    "Lrarr", "Lsh", "Mu", "Nu", "OE", "Omega", "Omicron", "Overrightarrow",
    "Phi", "Pi", "Pr", "Psi", "Rarr", "Re", "Reals", "Rho", "Rightarrow",
    "Rrightarrow", "Rsh", "Rule", "SI", "Sigma", "Subset", "Supset", "Tau",
    "TeX", "Theta", "Tr", "Uarr", "Uparrow", "Updownarrow", "Upsilon", "VDash",
    "Vdash", "Vert", "Vvdash", "Xi", "Zeta", "above", "abovewithdelims",
    "acute", "alef", "alefsym", "aleph", "allowbreak", "alpha", "amalg", "and",
    "angl", "angle", "angln", "approx", "approxcolon", "approxcoloncolon",
    "approxeq", "arccos", "arcctg", "arcsin", "arctan", "arctg", "arg",
    "argmax", "argmin", "arraystretch", "ast", "asymp", "atop",
    "atopwithdelims", "backepsilon", "backprime", "backsim", "backsimeq",
    "backslash", "bar", "barwedge", "bbm", "bbold", "bbox", "bcancel",
    "because", "begin", "begingroup", "beta", "beth", "between", "bf", "bfit",
    "bfseries", "bgroup", "bibitem", "bibliography", "bibliographystyle", "big",
    "bigbreak", "bigcap", "bigcirc", "bigcup", "bigg", "biggl", "biggm",
    "biggr", "bigl", "bigm", "bigodot", "bigominus", "bigoplus", "bigoslash",
    "bigotimes", "bigr", "bigskip", "bigsqcap", "bigsqcup", "bigstar",
    "bigtriangledown", "bigtriangleup", "biguplus", "bigvee", "bigwedge",
    "binom", "binoppenalty", "blacklozenge", "blacksquare", "blacktriangle",
    "blacktriangledown", "blacktriangleleft", "blacktriangleright", "bm",
    "bmod", "bold", "boldface", "boldmath", "boldsymbol", "bordermatrix", "bot",
    "bottomrule", "bowtie", "boxdot", "boxed", "boxminus", "boxplus",
    "boxtimes", "bra", "brace", "brack", "braket", "breve", "buildrel", "bull",
    "bullet", "bumpeq", "cal", "cancel", "cancelto", "cap", "caption", "cdot",
    "cdotp", "cdots", "ce", "cee", "centerdot", "centering", "cf", "cfrac",
    "chapter", "char", "check", "checkmark", "chemfig", "chi", "choose", "circ",
    "circeq", "circlearrowleft", "circlearrowright", "circledR", "circledS",
    "circledast", "circledcirc", "circleddash", "cite", "clap", "cline",
    "clubs", "clubsuit", "cnums", "colon", "colonapprox", "coloncolon",
    "coloncolonapprox", "coloncolonequals", "coloncolonminus", "coloncolonsim",
    "coloneq", "coloneqq", "colonequals", "colonminus", "colonsim", "color",
    "colorbox", "columncolor", "complement", "complexes", "cong", "coprod",
    "copyright", "cos", "cosec", "cosh", "cot", "cotg", "coth", "coversin",
    "cr", "csc", "csch", "csname", "ctg", "cth", "cup", "curlyeqprec",
    "curlyeqsucc", "curlyvee", "curlywedge", "curvearrowleft",
    "curvearrowright", "dArr", "dag", "dagger", "daleth", "darr",
    "dashleftarrow", "dashrightarrow", "dashv", "dbinom", "dblcolon", "dcases",
    "ddag", "ddagger", "ddddot", "dddot", "ddot", "ddots", "def", "deg",
    "degree", "delta", "det", "dfrac", "diagdown", "diagup", "diamond",
    "diamonds", "diamondsuit", "digamma", "dim", "ding", "displaylimits",
    "displaystyle", "div", "divideontimes", "documentclass", "dot", "doteq",
    "doteqdot", "dotplus", "dots", "dotsb", "dotsc", "dotsi", "dotsm", "dotso",
    "doublebarwedge", "doublecap", "doublecup", "doublequote", "downarrow",
    "downdownarrows", "downharpoonleft", "downharpoonright", "edef", "egroup",
    "ell", "else", "em", "emph", "empty", "emptyset", "enclose", "end",
    "endcsname", "endgroup", "enspace", "ensuremath", "epsilon", "eqcirc",
    "eqcolon", "eqqcolon", "eqref", "eqsim", "eqslantgtr", "eqslantless",
    "equalscolon", "equalscoloncolon", "equiv", "eta", "eth", "euro", "ex",
    "exist", "exists", "exp", "expandafter", "fallingdotseq", "fancyhead",
    "fbox", "fcolorbox", "fi", "filbreak", "fint", "flat", "flushleft",
    "flushright", "font", "fontfamily", "fontseries", "fontshape", "fontsize",
    "footnote", "footnotemark", "footnotesize", "footnotetext", "forall",
    "frac", "frak", "framebox", "frontmatter", "frown", "futurelet", "gamma",
    "gcd", "gdef", "ge", "genfrac", "geq", "geqq", "geqslant", "gets", "gg",
    "ggg", "gggtr", "gimel", "global", "gnapprox", "gneq", "gneqq", "gnsim",
    "grave", "gt", "gtcolon", "gtrapprox", "gtrdot", "gtreqless", "gtreqqless",
    "gtrless", "gtrsim", "gvertneqq", "hArr", "harr", "hat", "hbar", "hbox",
    "hdashline", "hearts", "heartsuit", "hfil", "hfill", "hline", "hom",
    "hookleftarrow", "hookrightarrow", "hphantom", "href", "hsize", "hskip",
    "hslash", "hspace", "html", "htmlClass", "htmlData", "htmlId", "htmlStyle",
    "huge", "iddots", "idotsint", "if", "iff", "ifmode", "ifx", "iiiint",
    "iiint", "iint", "imageof", "imath", "impliedby", "implies", "in",
    "includegraphics", "indent", "inf", "infin", "infty", "injlim", "input",
    "int", "intercal", "intop", "iota", "isin", "isinv", "it", "item",
    "itshape", "jmath", "kappa", "ker", "kern", "ket", "lArr", "lBrace",
    "lVert", "label", "lambda", "land", "lang", "langle", "large", "larr",
    "lbrace", "lbrack", "lceil", "ldotp", "ldots", "le", "left", "leftarrow",
    "leftarrowtail", "leftharpoondown", "leftharpoonup", "leftleftarrows",
    "leftrightarrow", "leftrightarrows", "leftrightharpoons",
    "leftrightsquigarrow", "leftthreetimes", "leq", "leqq", "leqslant", "less",
    "lessapprox", "lessdot", "lesseqgtr", "lesseqqgtr", "lessgtr", "lesssim",
    "let", "lfloor", "lg", "lgroup", "lhd", "lim", "liminf", "limits", "limsup",
    "linebreak", "linewidth", "ll", "llap", "llbracket", "llcorner", "lll",
    "llless", "lmoustache", "ln", "lnapprox", "lneq", "lneqq", "lnot", "lnsim",
    "log", "long", "longdiv", "longleftarrow", "longleftrightarrow",
    "longmapsto", "longrightarrow", "looparrowleft", "looparrowright", "lor",
    "lower", "lozenge", "lparen", "lq", "lrArr", "lrarr", "lrcorner", "lt",
    "ltcolon", "ltimes", "lvert", "lvertneqq", "makebox", "maltese", "mapsto",
    "marginpar", "mathbb", "mathbf", "mathbin", "mathcal", "mathchoice",
    "mathclap", "mathclose", "mathellipsis", "mathfrak", "mathinner", "mathit",
    "mathllap", "mathnormal", "mathop", "mathopen", "mathord", "mathpunct",
    "mathrel", "mathring", "mathrlap", "mathrm", "mathscr", "mathsf",
    "mathsfit", "mathsterling", "mathstrut", "mathtt", "mathversion", "max",
    "mbox", "md", "mdseries", "measuredangle", "medskip", "medspace", "mho",
    "mid", "middle", "min", "minuscolon", "minuscoloncolon", "minuso", "mit",
    "mkern", "mod", "models", "moveleft", "moveright", "mp", "mskip", "mspace",
    "mu", "multicolumn", "multimap", "multirow", "nLeftarrow",
    "nLeftrightarrow", "nRightarrow", "nVDash", "nVdash", "nabla", "natnums",
    "natural", "ncong", "ne", "nearrow", "neg", "negmedspace", "negthickspace",
    "negthinspace", "neq", "newcommand", "newcounter", "newenvironment",
    "newlength", "newline", "newpage", "newtheorem", "nexists", "ngeq", "ngeqq",
    "ngeqslant", "ngtr", "ni", "nicefrac", "niton", "nleftarrow",
    "nleftrightarrow", "nleq", "nleqq", "nleqslant", "nless", "nmid", "noalign",
    "nobreak", "nobreakspace", "nocite", "noexpand", "noindent", "nolimits",
    "nolinebreak", "nonumber", "nopagebreak", "norm", "normalfont",
    "normalsize", "not", "notag", "notin", "notni", "nparallel", "nprec",
    "npreceq", "nrightarrow", "nshortmid", "nshortparallel", "nsim",
    "nsubseteq", "nsubseteqq", "nsucc", "nsucceq", "nsupseteq", "nsupseteqq",
    "nth", "ntriangleleft", "ntrianglelefteq", "ntriangleright",
    "ntrianglerighteq", "nu", "null", "nulldelimiterspace", "numberwithin",
    "nvDash", "nvdash", "nwarrow", "odot", "oe", "oiiint", "oiint", "oint",
    "omega", "omicron", "ominus", "operatorname", "operatornamewithlimits",
    "oplus", "or", "origof", "oslash", "otimes", "over", "overbrace",
    "overbracket", "overgroup", "overleftarrow", "overleftharpoon",
    "overleftrightarrow", "overline", "overlinesegment", "overparen",
    "overrightarrow", "overrightharpoon", "overset", "overunderset",
    "overwithdelims", "owns", "pagebreak", "pageref", "par", "paragraph",
    "parallel", "parbox", "partial", "perp", "phantom", "phase", "phi", "pi",
    "pitchfork", "plim", "plusmn", "pm", "pmb", "pmod", "pod", "poptabs",
    "pounds", "prec", "precapprox", "preccurlyeq", "preceq", "precnapprox",
    "precneqq", "precnsim", "precsim", "prime", "prod", "projlim", "propto",
    "providecommand", "psi", "pu", "qquad", "qty", "quad", "rArr", "rBrace",
    "rVert", "raggedright", "raise", "raisebox", "rang", "rangle", "rarr",
    "ratio", "rbrace", "rbrack", "rceil", "rdots", "reals", "ref", "reflectbox",
    "refstepcounter", "relax", "renewcommand", "require", "resizebox",
    "restriction", "rfloor", "rgroup", "rhd", "rho", "right", "rightarrow",
    "rightarrowtail", "rightharpoondown", "rightharpoonup", "rightleftarrows",
    "rightleftharpoons", "rightline", "rightmargin", "rightrightarrows",
    "rightsquigarrow", "rightthreetimes", "risingdotseq", "rlap", "rm",
    "rmfamily", "rmoustache", "root", "rotatebox", "rowcolor", "rparen", "rq",
    "rrbracket", "rref", "rtimes", "ruby", "rule", "rvert", "sc", "scalebox",
    "scriptscriptstyle", "scriptsize", "scriptstyle", "scshape", "sdot",
    "searrow", "sec", "sech", "section", "selectfont", "setcounter",
    "setlength", "setminus", "sf", "sffamily", "sgn", "sh", "sharp", "shortmid",
    "shortparallel", "shoveright", "si", "sideset", "sigma", "sim", "simcolon",
    "simcoloncolon", "simeq", "sin", "sinh", "skip", "sl", "slash", "slashed",
    "slshape", "small", "smallfrown", "smallint", "smallsetminus", "smallskip",
    "smallsmile", "smash", "smile", "smiley", "sout", "space", "spades",
    "spadesuit", "special", "sphericalangle", "spline", "sqcap", "sqcup",
    "sqrt", "sqsubset", "sqsubseteq", "sqsupset", "sqsupseteq", "square", "ss",
    "stackrel", "star", "stepcounter", "strut", "sube", "subsection", "subset",
    "subseteq", "subseteqq", "subsetneq", "subsetneqq", "substack",
    "subsubsection", "succ", "succapprox", "succcurlyeq", "succeq",
    "succnapprox", "succneqq", "succnsim", "succsim", "sum", "sup", "supe",
    "supset", "supseteq", "supseteqq", "supsetneq", "supsetneqq", "surd",
    "swarrow", "symbb", "symbf", "symrm", "tabcolsep", "tag", "tan", "tanh",
    "tau", "tbar", "tbinom", "texorpdfstring", "text", "textasciicircum",
    "textasciitilde", "textbackslash", "textbar", "textbardbl", "textbf",
    "textbraceleft", "textbraceright", "textbullet", "textcircled", "textcolor",
    "textcopyright", "textdagger", "textdaggerdbl", "textdegree", "textdollar",
    "textellipsis", "textemdash", "textendash", "textgreater", "textit",
    "textless", "textmd", "textmu", "textnormal", "textquotedblleft",
    "textquotedblright", "textquoteleft", "textquoteright", "textregistered",
    "textrm", "textsc", "textsf", "textsl", "textsterling", "textstyle",
    "textsubscript", "textsuperscript", "texttrademark", "texttt",
    "textunderscore", "textup", "textvisiblespace", "textwidth", "tfrac", "tg",
    "thanks", "thefootnote", "therefore", "theta", "thetasym", "thickapprox",
    "thicklines", "thicksim", "thickspace", "thinlines", "thinspace",
    "threeparttable", "tikz", "tilde", "times", "tiny", "to", "tocdepth",
    "today", "top", "topmargin", "toprule", "tr", "trademark", "triangle",
    "triangledown", "triangleleft", "trianglelefteq", "triangleq",
    "triangleright", "trianglerighteq", "tripledash", "tt", "ttfamily",
    "twiddle", "twocolumn", "twoheadleftarrow", "twoheadrightarrow", "typeout",
    "uArr", "uarr", "ulcorner", "uline", "unboldmath", "underbar", "underbrace",
    "underbracket", "undergroup", "underleftarrow", "underleftrightarrow",
    "underline", "underlinesegment", "underparen", "underrightarrow",
    "underset", "unicode", "unlhd", "unrhd", "uparrow", "updownarrow",
    "upharpoonleft", "upharpoonright", "uplus", "uproot", "upsilon",
    "upuparrows", "urcorner", "url", "usepackage", "utilde", "vDash", "varBbbk",
    "varDelta", "varGamma", "varLambda", "varOmega", "varPhi", "varPsi",
    "varSigma", "varTheta", "varUpsilon", "varXi", "varepsilon", "varinjlim",
    "varkappa", "varliminf", "varlimsup", "varnothing", "varphi", "varpi",
    "varprojlim", "varpropto", "varpsi", "varrho", "varsigma", "varsubsetneq",
    "varsubsetneqq", "varsupsetneq", "varsupsetneqq", "vartheta", "vartriangle",
    "vartriangleleft", "vartriangleright", "vbox", "vcenter", "vdash", "vdots",
    "vec", "vee", "veebar", "verb", "vert", "vfill", "vphantom", "vskip",
    "vspace", "wedge", "weierp", "widecheck", "widehat", "wideparen",
    "widetilde", "width", "wp", "wr", "write", "xLeftarrow", "xLeftrightarrow",
    "xRightarrow", "xcancel", "xdef", "xhookleftarrow", "xhookrightarrow", "xi",
    "xleftarrow", "xleftharpoondown", "xleftharpoonup", "xleftrightarrow",
    "xleftrightharpoons", "xlongequal", "xmapsto", "xrightarrow",
    "xrightharpoondown", "xrightharpoonup", "xrightleftarrows",
    "xrightleftharpoons", "xtofrom", "xtwoheadleftarrow", "xtwoheadrightarrow",
    "yen", "zeta",
};
/* clang-format on */

/* What is left of a command without its first letter, when that is a word
 * that may well stand behind a line end or a tab. */
static const char *const ambiguous[] = {
    "ncong",     "nexists", "ni",     "nless",      "nmid",   "not",
    "nparallel", "nsim",    "rBrace", "rangle",     "rbrace", "rfloor",
    "rgroup",    "rho",     "rlap",   "rmoustache", "root",   "rtimes",
    "rule",      "tag",     "tan",    "tau",        "top",
};

static int compare(struct slice a, const char *b)
{
    size_t len = strlen(b), n = a.len < len ? a.len : len;
    int order = memcmp(a.ptr, b, n);

    return order ? order : (a.len > len) - (a.len < len);
}

bool latex_command(struct slice name)
{
    size_t low = 0, high = countof(names);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(name, names[middle]);

        if (!order)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

bool latex_ambiguous(struct slice name)
{
    for (size_t i = 0; i < countof(ambiguous); i++) {
        if (!compare(name, ambiguous[i]))
            return true;
    }
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

size_t latex_name(struct slice text)
{
    size_t len = 0;

    while (len < text.len && len < LATEX_NAME_MAX && is_letter(text.ptr[len]))
        len++;
    if (len == LATEX_NAME_MAX)
        return 0;
    return len > 1 && latex_command(slice_take(text, len)) ? len : 0;
}
