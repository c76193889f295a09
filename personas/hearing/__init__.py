"""What a contact says about buying: objections, motivations, pains, heard in their own words. Pure."""
