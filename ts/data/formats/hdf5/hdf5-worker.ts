import { closeFile, isSpent } from './hdf5-library.js';
import { listHdf5 } from './hdf5-list.js';
import { readHdf5Numbers, readHdf5Window } from './hdf5-slabs.js';
import type { Hdf5Work } from './hdf5-work.js';
import { serve } from '../work-serve.js';

/** The thread of HDF5 files. */
serve<Hdf5Work>(
  { list: listHdf5, read: readHdf5Window, numbers: readHdf5Numbers, close: closeFile },
  isSpent,
);
