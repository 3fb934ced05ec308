FETCH 64 FROM molecule_todo;
