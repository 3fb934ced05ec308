/*
 * babel_side.cpp - Open Babel's SMILES reader on the same file.
 *
 *     babel_side FILE
 *
 * OBConversion::ReadString with its default options, its log silenced, one
 * thread.  Prints what bench_smiles prints; one round, since it takes long.
 */
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include <openbabel/mol.h>
#include <openbabel/obconversion.h>
#include <openbabel/oberror.h>

static double now()
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    std::vector<std::string> texts;
    std::ifstream file(argc > 1 ? argv[1] : "");
    OpenBabel::OBConversion reader;
    OpenBabel::OBMol molecule;
    std::size_t sound = 0;

    for (std::string line; std::getline(file, line);)
        texts.push_back(line);
    OpenBabel::obErrorLog.StopLogging();
    if (texts.empty() || !reader.SetInFormat("smi") ||
        !reader.ReadString(&molecule, "c1ccccc1O")) // loads its tables
        return 1;
    double start = now();
    for (const std::string &text : texts)
        sound += reader.ReadString(&molecule, text);
    double spent = now() - start;
    std::printf("{\"n\":%zu,\"sound\":%zu,\"median\":%.6f,\"best\":%.6f}\n",
                texts.size(), sound, spent, spent);
    return 0;
}
