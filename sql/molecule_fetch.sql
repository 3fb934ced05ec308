FETCH 256 FROM molecule_todo;
