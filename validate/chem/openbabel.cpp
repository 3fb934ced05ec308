/*
 * openbabel.cpp - see openbabel.h.
 *
 * Every entry runs its work inside guarded(), which turns exceptions into a
 * status.  Open Babel writes what it thinks of a molecule to a global log;
 * the log's stream leads nowhere, its messages are read and cleared per call.
 */
#include "validate/chem/openbabel.h"

#include <openbabel/atom.h>
#include <openbabel/babelconfig.h>
#include <openbabel/generic.h>
#include <openbabel/mol.h>
#include <openbabel/obconversion.h>
#include <openbabel/oberror.h>
#include <openbabel/obiter.h>
#include <openbabel/plugin.h>
#include <openbabel/stereo/stereo.h>
#include <openbabel/stereo/tetrahedral.h>

#include <cstdio>
#include <fstream>
#include <new>
#include <ostream>
#include <string>
#include <vector>

using namespace OpenBabel;

struct chem {
    std::ostream nowhere{nullptr}; /* where the log goes */
    OBConversion reader, canonical, key, drawing;
    OBMol mol;
    std::string text;  /* the last answer */
    bool plain = true; /* no mark is left that libinchi dies of */
};

/* One line, cut at the end of the buffer. */
static void say(chem_words *words, const std::string &text)
{
    size_t n = 0;

    for (char c : text) {
        if (n + 1 == sizeof(words->text))
            break;
        words->text[n++] = (unsigned char)c < ' ' ? ' ' : c;
    }
    while (n > 0 && words->text[n - 1] == ' ')
        n--;
    words->text[n] = '\0';
}

/* The first error, else the first warning, without the frame around it:
 * "=====\n*** Open Babel Error  in Where\n  what\n". */
static std::string logged()
{
    const obMessageLevel levels[] = {obError, obWarning};

    for (obMessageLevel level : levels) {
        std::vector<std::string> all = obErrorLog.GetMessagesOfLevel(level);

        if (all.empty())
            continue;
        size_t at = all[0].find("***");
        size_t line = at == std::string::npos ? at : all[0].find('\n', at);
        std::string body =
            line == std::string::npos ? all[0] : all[0].substr(line + 1);
        size_t from = body.find_first_not_of(" \n");
        return from == std::string::npos ? "" : body.substr(from);
    }
    return "";
}

template <class Work> static chem_status guarded(chem_words *words, Work work)
{
    words->text[0] = '\0';
    try {
        obErrorLog.ClearLog();
        return work();
    } catch (const std::bad_alloc &) {
        say(words, "out of memory");
        return CHEM_MEMORY;
    } catch (const std::length_error &) {
        say(words, "out of memory");
        return CHEM_MEMORY;
    } catch (const std::exception &e) {
        say(words, e.what());
    } catch (...) {
        say(words, "an exception without a name");
    }
    return CHEM_FAILED;
}

const char *chem_version(void)
{
    return BABEL_VERSION;
}

/* Is a file of Open Babel's data where the library will look for it? */
static bool has_data(std::string *where)
{
    std::ifstream file;

    *where = OpenDatafile(file, "atomtyp.txt");
    return file.is_open();
}

static bool set_formats(chem *c, chem_words *words)
{
    if (!c->reader.SetInFormat("smi") || !c->canonical.SetOutFormat("can") ||
        !c->key.SetOutFormat("inchikey") || !c->drawing.SetOutFormat("svg")) {
        say(words, "Open Babel has no plugins for smi, can, inchikey and svg: "
                   "install libopenbabel7, or set BABEL_LIBDIR");
        return false;
    }
    c->canonical.AddOption("n", OBConversion::OUTOPTIONS); /* no title */
    c->drawing.AddOption("x", OBConversion::OUTOPTIONS);   /* no XML head */
    return true;
}

/* One molecule through everything: what is missing shows now. */
static bool warm_up(chem *c, chem_words *words)
{
    slice text = {"CCO", 3}, out;

    return chem_read(c, text, words) == CHEM_OK &&
           chem_canonical(c, &out, words) == CHEM_OK && slice_eq(out, text) &&
           chem_inchikey(c, &out, words) == CHEM_OK;
}

bool chem_open(struct chem **out, struct chem_words *words)
{
    chem *c = nullptr;
    chem_status status = guarded(words, [&] {
        std::string where;

        c = new chem;
        obErrorLog.SetOutputStream(&c->nowhere);
        obErrorLog.SetOutputLevel(obWarning);
        if (!has_data(&where)) {
            say(words,
                "Open Babel's data are not in " BABEL_DATADIR "/" BABEL_VERSION
                " nor where BABEL_DATADIR says: install libopenbabel7");
            return CHEM_REJECTED;
        }
        return set_formats(c, words) ? CHEM_OK : CHEM_REJECTED;
    });

    if (status == CHEM_OK && !warm_up(c, words)) {
        status = CHEM_FAILED;
        if (!words->text[0])
            say(words, "Open Babel does not know ethanol: its installation "
                       "is broken");
    }
    if (status == CHEM_OK)
        *out = c;
    else
        chem_close(c);
    return status == CHEM_OK;
}

void chem_close(struct chem *chem)
{
    if (chem)
        obErrorLog.SetOutputStream(nullptr);
    delete chem;
}

enum chem_status chem_read(struct chem *chem, struct slice smiles,
                           struct chem_words *words)
{
    return guarded(words, [&] {
        bool ok;

        chem->mol.Clear();
        chem->plain = false;
        ok = chem->reader.ReadString(&chem->mol,
                                     std::string(smiles.ptr, smiles.len));
        say(words, logged());
        if (ok)
            return CHEM_OK;
        if (!words->text[0])
            say(words, "Open Babel does not read it");
        return CHEM_REJECTED;
    });
}

static chem_status write(struct chem *chem, OBConversion *to, struct slice *out,
                         struct chem_words *words)
{
    chem->text = to->WriteString(&chem->mol, true /* trim */);
    if (chem->text.empty()) {
        say(words, logged());
        if (!words->text[0])
            say(words, "Open Babel gives no answer");
        return CHEM_REJECTED;
    }
    *out = {chem->text.data(), chem->text.size()};
    return CHEM_OK;
}

enum chem_status chem_canonical(struct chem *chem, struct slice *out,
                                struct chem_words *words)
{
    return guarded(words,
                   [&] { return write(chem, &chem->canonical, out, words); });
}

/* A centre needs three neighbours and at most one hydrogen among them and
 * the implicit ones. */
static bool is_centre(OBAtom *atom)
{
    unsigned hydrogens = atom->GetImplicitHCount();

    return atom->GetExplicitDegree() + hydrogens >= 3 && hydrogens < 2;
}

/* The InChI writer believes the marks and reads neighbours that are not
 * there. */
static void drop_marks(chem *c)
{
    std::vector<OBGenericData *> all =
        c->mol.GetAllData(OBGenericDataType::StereoData);

    if (c->plain)
        return;
    for (OBGenericData *data : all) {
        OBStereoBase *stereo = dynamic_cast<OBStereoBase *>(data);
        OBTetrahedralStereo *mark;
        OBAtom *atom;

        if (!stereo || stereo->GetType() != OBStereo::Tetrahedral)
            continue;
        mark = dynamic_cast<OBTetrahedralStereo *>(stereo);
        atom = mark ? c->mol.GetAtomById(mark->GetConfig().center) : nullptr;
        if (!atom || !is_centre(atom))
            c->mol.DeleteData(data);
    }
    c->plain = true;
}

enum chem_status chem_inchikey(struct chem *chem, struct slice *out,
                               struct chem_words *words)
{
    return guarded(words, [&] {
        drop_marks(chem);
        return write(chem, &chem->key, out, words);
    });
}

enum chem_status chem_formula(struct chem *chem, struct slice *out,
                              struct chem_words *words)
{
    return guarded(words, [&] {
        chem->text = chem->mol.GetFormula();
        *out = {chem->text.data(), chem->text.size()};
        return CHEM_OK;
    });
}

enum chem_status chem_depict(struct chem *chem, struct slice *out,
                             struct chem_words *words)
{
    return guarded(words,
                   [&] { return write(chem, &chem->drawing, out, words); });
}

enum chem_status chem_measure(struct chem *chem, struct chem_figures *out,
                              struct chem_words *words)
{
    return guarded(words, [&] {
        out->weight = chem->mol.GetMolWt();
        out->exact_mass = chem->mol.GetExactMass();
        out->heavy = chem->mol.NumHvyAtoms();
        out->rings = (unsigned)chem->mol.GetSSSR().size();
        out->charge = chem->mol.GetTotalCharge();
        return CHEM_OK;
    });
}
